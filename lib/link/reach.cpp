#include "lib/link/reach.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace allmende::link {
namespace {

constexpr std::size_t kMostPlaces = 100;

bool isNetwork(const std::string& text) {
  const auto slash = text.find('/');
  in_addr address{};
  if (::inet_pton(AF_INET, text.substr(0, slash).c_str(), &address) != 1) return false;
  if (slash == std::string::npos) return true;
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(text.data() + slash + 1, text.data() + text.size(), bits);
  if (error != std::errc{} || end != text.data() + text.size() || bits > 32) return false;
  // Bits behind the network's would be taken for another network than was meant.
  return bits == 32 || (ntohl(address.s_addr) & (0xFFFFFFFFU >> bits)) == 0;
}

bool isLabel(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
}

bool isName(std::string_view name) {
  if (name.starts_with("*.")) name.remove_prefix(2);
  if (name.empty() || name.size() > 253 || std::ranges::none_of(name, [](char c) { return c >= 'a' && c <= 'z'; })) return false;
  while (!name.empty()) {
    const auto dot = name.find('.');
    if (!isLabel(name.substr(0, dot))) return false;
    name.remove_prefix(dot == std::string_view::npos ? name.size() : dot + 1);
  }
  return true;
}

}  // namespace

Result<> checkAccess(std::string_view word) {
  if (word == kNoNetwork || word == kEgress || word == kAllowList) return {};
  return fail(Code::InvalidInput, "network is '{}'; allowed are {}, {} and {}", word.substr(0, 64), kNoNetwork, kEgress, kAllowList);
}

Result<Reach> readReach(const std::vector<std::string>& places) {
  if (places.size() > kMostPlaces)
    return fail(Code::InvalidInput, "reach has {} entries; at most {} are allowed", places.size(), kMostPlaces);
  Reach reach;
  for (auto place : places) {
    std::ranges::transform(place, place.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    while (place.starts_with(' ')) place.erase(0, 1);
    while (place.ends_with(' ')) place.pop_back();
    if (isNetwork(place)) {
      reach.networks.push_back(std::move(place));
    } else if (isName(place)) {
      reach.names.push_back(std::move(place));
    } else {
      return fail(Code::InvalidInput,
          "'{}' in reach is neither an IPv4 address (198.51.100.7), nor a network (10.1.0.0/16, without bits behind it), nor a name "
          "(packages.example.org, *.example.org)",
          place.substr(0, 100));
    }
  }
  return reach;
}

bool namesReach(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::any_of(names, [&](std::string_view one) {
    if (!one.starts_with("*.")) return one == name;
    return name.size() > one.size() - 1 && name.ends_with(one.substr(1));
  });
}

}  // namespace allmende::link
