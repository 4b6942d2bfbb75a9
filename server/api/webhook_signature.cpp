#include "server/api/webhook_signature.h"

#include <charconv>

#include "lib/base/base64.h"
#include "lib/base/sha256.h"

namespace allmende::api {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kShortestSecret = 24;
constexpr std::size_t kLongestSecret = 64;
constexpr std::string_view kVersion = "v1,";
constexpr std::int64_t kLastSecond = 253'402'300'799;  // of the year 9999

Error refused(std::string why) { return {Code::Unauthenticated, "the webhook is not taken: " + std::move(why), {}}; }

bool isId(std::string_view id) {
  return !id.empty() && id.size() <= kLongestWebhookId && std::ranges::all_of(id, [](char c) { return c > ' ' && c < 127; });
}

}  // namespace

Result<std::string> readWebhookSecret(std::string_view text) {
  const auto bytes = text.starts_with(kPrefix) ? fromBase64(text.substr(kPrefix.size())) : std::nullopt;
  if (bytes && bytes->size() >= kShortestSecret && bytes->size() <= kLongestSecret) return *bytes;
  return fail(Code::InvalidInput,
      "a webhook's secret is '{}' and {} to {} random bytes in base64; make one with: echo {}$(openssl rand -base64 32)", kPrefix,
      kShortestSecret, kLongestSecret, kPrefix);
}

Result<std::string> checkWebhook(const net::RequestHead& head, std::string_view body, std::string_view secret, Instant now) {
  const auto id = head.headers.find("webhook-id");
  const auto timestamp = head.headers.find("webhook-timestamp");
  auto signatures = head.headers.find("webhook-signature");
  if (!isId(id)) return std::unexpected(refused(fmt::format("webhook-id has 1 to {} printable characters", kLongestWebhookId)));
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), seconds);
  if (error != std::errc{} || end != timestamp.data() + timestamp.size() || seconds < 0 || seconds > kLastSecond)
    return std::unexpected(refused("webhook-timestamp is a whole number of seconds since 1970"));
  const auto digest = HmacSha256(secret).of({id, ".", timestamp, ".", body});
  const auto wanted = toBase64({reinterpret_cast<const char*>(digest.data()), digest.size()});
  bool isSigned = false;
  while (!signatures.empty()) {
    const auto length = std::min(signatures.find(' '), signatures.size());
    const auto one = signatures.substr(0, length);
    isSigned = isSigned || (one.starts_with(kVersion) && sameInConstantTime(one.substr(kVersion.size()), wanted));
    signatures.remove_prefix(std::min(length + 1, signatures.size()));
  }
  if (!isSigned) return std::unexpected(refused("no webhook-signature of it is made with this server's webhook_secret"));
  const auto sentAt = Instant{std::chrono::seconds(seconds)};
  if (sentAt < now - kWebhookPatience || sentAt > now + kWebhookPatience)
    return std::unexpected(refused(fmt::format("it was signed at {}, and here it is {}", formatUtc(sentAt), formatUtc(now))));
  return std::string(id);
}

}  // namespace allmende::api
