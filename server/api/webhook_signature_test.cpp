#include "server/api/webhook_signature.h"

#include <gtest/gtest.h>

#include "lib/base/base64.h"
#include "lib/base/sha256.h"

namespace allmende::api {
namespace {

// The example of the specification's own libraries.
constexpr std::string_view kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view kId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::string_view kBody = R"({"test": 2432232314})";
constexpr std::string_view kSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const Instant kThen{std::chrono::seconds(1'614'265'330)};

net::RequestHead signedWith(std::string_view signature, std::string_view id = kId, std::string_view time = "1614265330") {
  net::RequestHead head;
  head.headers = {{"Webhook-Id", std::string(id)}, {"Webhook-Timestamp", std::string(time)}, {"Webhook-Signature", std::string(signature)}};
  return head;
}

std::string saidOf(const net::RequestHead& head, std::string_view body = kBody, Instant now = kThen) {
  const auto checked = checkWebhook(head, body, *readWebhookSecret(kSecret), now);
  return checked ? *checked : checked.error().message;
}

TEST(AWebhook, isTakenWithTheSignatureOfTheStandard) {
  EXPECT_EQ(saidOf(signedWith(kSignature)), kId);
  EXPECT_EQ(saidOf(signedWith("v1a,xyz v1,AAAA " + std::string(kSignature))), kId) << "one of several is enough";
}

TEST(AWebhook, isNotTakenWhenAnythingOfItWasChanged) {
  for (const auto& head : {signedWith("v1,AAAA"), signedWith(""), signedWith(kSignature.substr(3)), signedWith(kSignature, "msg_other"),
           signedWith(kSignature, kId, "1614265331")})
    EXPECT_TRUE(saidOf(head).contains("no webhook-signature of it is made with this server's webhook_secret")) << saidOf(head);
  EXPECT_TRUE(saidOf(signedWith(kSignature), R"({"test": 1})").contains("no webhook-signature"));
  EXPECT_TRUE(saidOf(signedWith(kSignature, "")).contains("webhook-id has 1 to 200"));
  EXPECT_TRUE(saidOf(signedWith(kSignature, kId, "soon")).contains("whole number of seconds"));
  EXPECT_TRUE(saidOf(signedWith(kSignature, kId, "99999999999999999")).contains("whole number of seconds"));
}

TEST(AWebhook, isOfNow) {
  EXPECT_EQ(saidOf(signedWith(kSignature), kBody, kThen + kWebhookPatience), kId);
  EXPECT_TRUE(saidOf(signedWith(kSignature), kBody, kThen + kWebhookPatience + 1ms).contains("signed at 2021-02-25T15:02:10"));
  EXPECT_TRUE(saidOf(signedWith(kSignature), kBody, kThen - kWebhookPatience - 1ms).contains("and here it is"));
}

TEST(AWebhooksSecret, isLongEnoughAndBase64) {
  EXPECT_TRUE(readWebhookSecret(kSecret));
  for (const auto* text : {"", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_*************************"})
    EXPECT_FALSE(readWebhookSecret(text)) << text;
}

}  // namespace
}  // namespace allmende::api
