#include "node/network/counters.h"

#include <arpa/inet.h>

#include <charconv>

#include "node/network/rules.h"

namespace allmende::network {
namespace {

std::string wordIn(const json::value& value) {
  if (value.is_string()) return std::string(std::string_view(value.get_string()));
  if (!value.is_object()) return "";
  const auto* parts = value.get_object().if_contains("concat");
  return parts != nullptr && parts->is_array() && !parts->get_array().empty() ? wordIn(parts->get_array().front()) : "";
}

std::int64_t packetsIn(const json::object& element) {
  const auto* counter = element.if_contains("counter");
  const auto* packets = counter != nullptr && counter->is_object() ? counter->get_object().if_contains("packets") : nullptr;
  return packets != nullptr && packets->is_number() ? packets->to_number<std::int64_t>() : 0;
}

const json::array* findElements(const json::value& listed) {
  const auto* all = listed.is_object() ? listed.get_object().if_contains("nftables") : nullptr;
  if (all == nullptr || !all->is_array()) return nullptr;
  for (const auto& one : all->get_array()) {
    const auto* set = one.is_object() ? one.get_object().if_contains("set") : nullptr;
    const auto* elements = set != nullptr && set->is_object() ? set->get_object().if_contains("elem") : nullptr;
    if (elements != nullptr && elements->is_array()) return &elements->get_array();
  }
  return nullptr;
}

}  // namespace

Result<std::vector<Counted>> readCountedSet(std::string_view listed) {
  TRY(const auto parsed, parseJson(listed));
  std::vector<Counted> counted;
  const auto* elements = findElements(parsed);
  if (elements == nullptr) return counted;
  for (const auto& one : *elements) {
    // With a counter or a time the value is wrapped: {"elem": {"val": …, "counter": {…}}}.
    const auto* wrapped = one.is_object() ? one.get_object().if_contains("elem") : nullptr;
    const bool isWrapped = wrapped != nullptr && wrapped->is_object() && wrapped->get_object().contains("val");
    auto key = wordIn(isWrapped ? wrapped->get_object().at("val") : one);
    if (key.empty()) return fail(Code::InvalidInput, "nft lists an element that is none");
    counted.push_back({std::move(key), isWrapped ? packetsIn(wrapped->get_object()) : 0});
  }
  return counted;
}

std::optional<Address> addressOf(std::string_view word) {
  if (word.empty()) return std::nullopt;
  in_addr in{};
  if (::inet_pton(AF_INET, std::string(word).c_str(), &in) == 1) return ntohl(in.s_addr);
  Address number = 0;
  const auto [end, error] = std::from_chars(word.data() + 1, word.data() + word.size(), number);
  if (!word.starts_with('r') || error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return kGatewayAddress + number;
}

}  // namespace allmende::network
