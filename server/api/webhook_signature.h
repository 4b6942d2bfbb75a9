#pragma once
// Who sends a webhook proves that they know a secret, as the Standard Webhooks specification has it (https://www.standardwebhooks.com): a
// signature over id, time and body. Pure. Behind the door of server/api.

#include <string>
#include <string_view>

#include "lib/net/net.h"

namespace allmende::api {

inline constexpr Duration kWebhookPatience{5 * 60'000};  // between its time and ours, either way
inline constexpr std::size_t kLongestWebhookId = 200;

// The bytes that "whsec_" and base64 stand for. InvalidInput unless those are 24 to 64.
Result<std::string> readWebhookSecret(std::string_view text);

// The id of a message with that head and body, by which one that is sent again is known. Unauthenticated, with what is wrong, for one that
// is not signed with `secret` (any one of its signatures is enough: a secret is replaced while both hold) or not of now.
Result<std::string> checkWebhook(const net::RequestHead& head, std::string_view body, std::string_view secret, Instant now);

}  // namespace allmende::api
