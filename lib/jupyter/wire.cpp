#include "lib/jupyter/wire.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "lib/base/json.h"

namespace allmende::jupyter {
namespace {

constexpr std::string_view kDelimiter = "<IDS|MSG>";

struct FreeMac {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

}  // namespace

// A context that holds the key already: duplicating it costs a third of keying a new one.
struct Signer::Keyed {
  std::unique_ptr<EVP_MAC_CTX, FreeMac> context;
};

Signer::Signer(std::string_view key) {
  if (key.empty()) return;
  auto* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  keyed_ = std::make_unique<Keyed>();
  keyed_->context.reset(EVP_MAC_CTX_new(mac));
  EVP_MAC_free(mac);
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
  check(EVP_MAC_init(keyed_->context.get(), reinterpret_cast<const unsigned char*>(key.data()), key.size(), parameters) == 1,
      "OpenSSL has HMAC-SHA256");
}

Signer::~Signer() = default;

std::string Signer::sign(const Message& message) const {
  if (!keyed_) return {};
  const std::unique_ptr<EVP_MAC_CTX, FreeMac> context(EVP_MAC_CTX_dup(keyed_->context.get()));
  for (const auto* part : {&message.header, &message.parentHeader, &message.metadata, &message.content}) {
    EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(part->data()), part->size());
  }
  unsigned char raw[EVP_MAX_MD_SIZE];
  std::size_t size = 0;
  EVP_MAC_final(context.get(), raw, &size, sizeof raw);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * size);
  for (std::size_t i = 0; i < size; ++i) {
    hex += kDigits[raw[i] >> 4U];
    hex += kDigits[raw[i] & 15U];
  }
  return hex;
}

bool Signer::verify(const Message& message, std::string_view signature) const {
  if (!keyed_) return true;
  const auto right = sign(message);
  return right.size() == signature.size() && CRYPTO_memcmp(right.data(), signature.data(), right.size()) == 0;
}

std::vector<std::string> toWire(Message message, const Signer& signer) {
  std::vector<std::string> frames;
  frames.reserve(6 + message.buffers.size());
  frames.emplace_back(kDelimiter);
  frames.push_back(signer.sign(message));
  frames.push_back(std::move(message.header));
  frames.push_back(std::move(message.parentHeader));
  frames.push_back(std::move(message.metadata));
  frames.push_back(std::move(message.content));
  for (auto& buffer : message.buffers) frames.push_back(std::move(buffer));
  return frames;
}

Result<Message> fromWire(std::vector<std::string> frames, Channel channel, const Signer& signer) {
  std::size_t at = 0;
  while (at < frames.size() && frames[at] != kDelimiter) ++at;
  if (frames.size() - at < 6) return fail(Code::InvalidInput, "a message of {} frames lacks some behind its delimiter", frames.size());
  Message message{channel, std::move(frames[at + 2]), std::move(frames[at + 3]), std::move(frames[at + 4]), std::move(frames[at + 5]), {}};
  for (auto i = at + 6; i < frames.size(); ++i) message.buffers.push_back(std::move(frames[i]));
  if (!signer.verify(message, frames[at + 1])) return fail(Code::Denied, "a message's signature is wrong");
  return message;
}

std::string ConnectionFile::json() const {
  const json::object file{{"transport", "ipc"}, {"ip", fmt::format("{}/kernel-{}", directory, id)}, {"shell_port", 1}, {"iopub_port", 2},
      {"stdin_port", 3}, {"control_port", 4}, {"hb_port", 5}, {"key", key}, {"signature_scheme", "hmac-sha256"},
      {"kernel_name", kernelName}};
  return json::serialize(file);
}

std::string ConnectionFile::socketOf(Channel channel) const {
  const int port = channel == Channel::Shell ? 1 : channel == Channel::Iopub ? 2 : channel == Channel::Stdin ? 3 : 4;
  return fmt::format("{}/kernel-{}-{}", directory, id, port);
}

std::vector<std::string> ConnectionFile::sockets() const {
  std::vector<std::string> all;
  for (int port = 1; port <= 5; ++port) all.push_back(fmt::format("{}/kernel-{}-{}", directory, id, port));
  return all;
}

}  // namespace allmende::jupyter
