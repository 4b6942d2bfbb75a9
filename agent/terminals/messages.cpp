#include "agent/terminals/messages.h"

#include "lib/base/json.h"

namespace allmende::terminals {
namespace {

constexpr std::size_t kDeepest = 8;
constexpr double kLargestSide = 10'000;

unsigned short sideOf(const json::value& value) {
  boost::system::error_code error;
  const auto side = value.to_number<double>(error);
  return !error && side >= 1 && side <= kLargestSide ? static_cast<unsigned short>(side) : static_cast<unsigned short>(0);
}

}  // namespace

Result<FromClient> readMessage(std::string_view frame) {
  TRY(const auto value, during("a terminal's message", parseJson(frame, kDeepest)));
  const auto* message = value.if_array();
  const auto* kind = message != nullptr && !message->empty() ? message->front().if_string() : nullptr;
  if (kind == nullptr)
    return fail(Code::InvalidInput, "a terminal's message is a list that begins with its kind, such as [\"stdin\", \"ls\"]");
  if (*kind == "stdin") {
    const auto* text = message->size() > 1 ? (*message)[1].if_string() : nullptr;
    if (text == nullptr) return fail(Code::InvalidInput, "a terminal's stdin must be a string");
    return Typed{std::string(*text)};
  }
  if (*kind == "set_size") {
    if (message->size() < 3) return fail(Code::InvalidInput, "a terminal's size has rows and columns");
    const Size size{sideOf((*message)[1]), sideOf((*message)[2])};
    return Resized{size.rows > 0 && size.columns > 0 ? size : Size{}};
  }
  return Unknown{};
}

std::string setupMessage() { return R"(["setup",{}])"; }

std::string outputMessage(std::string_view text) { return json::serialize(json::array{"stdout", text}); }

std::string endMessage() { return R"(["disconnect",1])"; }

}  // namespace allmende::terminals
