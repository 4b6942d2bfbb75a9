#include "server/runtimes/relay.h"

#include <array>
#include <bit>
#include <boost/asio/this_coro.hpp>
#include <cstring>

#include "lib/base/log.h"

namespace allmende::runtimes {
namespace {

using Socket = std::shared_ptr<net::WebSocket>;

std::uint64_t offsetAt(std::string_view frame, std::size_t index) {
  static_assert(std::endian::native == std::endian::little, "v1 offsets are little-endian");
  std::uint64_t offset = 0;
  std::memcpy(&offset, frame.data() + 8 * (index + 1), sizeof offset);
  return offset;
}

constexpr std::size_t kMostCode = 1U << 20U;  // bytes of a message; what is larger is not looked at

// The code of an execute_request; nothing of anything else.
std::optional<std::string> codeOf(std::string_view frame) {
  if (frame.size() < 4 * 8 || frame.size() > kMostCode) return std::nullopt;
  const auto from = offsetAt(frame, 1);
  const auto to = offsetAt(frame, 2);
  if (from > to || to > frame.size() || !frame.substr(from, to - from).contains(R"("execute_request")")) return std::nullopt;
  const auto message = jupyter::decodeV1(frame);
  if (!message) return std::nullopt;
  const auto content = parseJsonObject(message->content);
  const auto* code = content ? findString(*content, "code") : nullptr;
  return code == nullptr ? std::nullopt : std::optional<std::string>(std::string_view(*code));
}

// Shared by its two directions: cancelled, one may end a moment after the other.
struct KernelRelay {
  Socket client;
  Socket agent;
  ClientProtocol protocol;
  Kernels& kernels;
  AccountId of;
  std::string kernel;

  // Client to agent; ends with the client, or with the agent's refusal to take more.
  static Task<> carryIn(std::shared_ptr<KernelRelay> relay) { co_await relay->carryIn(); }

  Task<> carryIn() {
    for (;;) {
      auto frame = co_await client->read();
      if (!frame) break;
      if (protocol == ClientProtocol::Legacy) {
        auto message = jupyter::decodeLegacy(frame->bytes, frame->binary);
        if (!message) {  // stock servers drop what they cannot read, too
          log::debug("frame.dropped", {{"kernel", kernel}, {"fault", message.error().message}});
          continue;
        }
        *frame = {jupyter::encodeV1(*message), true};
      }
      if (!frame->binary) continue;  // v1 has no text frames
      if (isUse(frame->bytes)) kernels.touch(of, kernel);
      if (const auto code = codeOf(frame->bytes)) kernels.tellCode(of, *code);
      if (!co_await agent->write(*std::move(frame))) break;
    }
    agent->abort();
  }

  // Agent to client.
  Task<> carryOut() {
    for (;;) {
      auto frame = co_await agent->read();
      if (!frame) break;
      if (protocol == ClientProtocol::Legacy) {
        auto message = jupyter::decodeV1(frame->bytes);
        if (!message) continue;
        auto legacy = jupyter::encodeLegacy(*message);
        if (!legacy) continue;
        *frame = {std::move(legacy->bytes), legacy->binary};
      }
      if (!co_await client->write(*std::move(frame))) break;
    }
  }

  Task<> bidFarewell() {
    if (kernels.has(of, kernel)) co_return co_await client->close(1012, "the connection to the runtime broke; connect again");
    const auto dead = jupyter::makeStatus("dead", randomUuid());
    net::WebSocketFrame frame{jupyter::encodeV1(dead), true};
    if (protocol == ClientProtocol::Legacy) {
      if (auto legacy = jupyter::encodeLegacy(dead)) frame = {std::move(legacy->bytes), legacy->binary};
    }
    static_cast<void>(co_await client->write(std::move(frame)));
    co_await client->close(net::closeCodeOf(Code::NotFound), kernels.notFound(of, kernel).message);
  }
};

Task<> carry(Socket from, Socket to) {
  for (;;) {
    auto frame = co_await from->read();
    if (!frame) break;
    if (!co_await to->write(*std::move(frame))) break;
  }
  to->abort();
}

}  // namespace

bool isUse(std::string_view frame) {
  constexpr std::array<std::string_view, 6> kUses{
      R"("execute_)", R"("complete_)", R"("inspect_)", R"("is_complete_)", R"("comm_msg)", R"("comm_open)"};
  if (frame.size() < 4 * 8) return false;
  const auto from = offsetAt(frame, 1);
  const auto to = offsetAt(frame, 2);
  if (from > to || to > frame.size()) return false;
  const auto header = frame.substr(from, to - from);
  return std::ranges::any_of(kUses, [&](auto use) { return header.contains(use); });
}

Task<> relayKernel(Socket client, Socket agent, ClientProtocol protocol, Kernels& kernels, AccountId of, std::string kernel) {
  const Kernels::Connection counted(kernels, of, kernel);
  auto relay = std::make_shared<KernelRelay>(client, agent, protocol, kernels, of, kernel);
  TaskScope inward(co_await asio::this_coro::executor);
  inward.spawn("carry frames in", KernelRelay::carryIn(relay));
  co_await relay->carryOut();
  if (inward.size() > 0) co_await relay->bidFarewell();
  client->abort();
  agent->abort();
  co_await inward.close();
}

Task<> relayFrames(Socket client, Socket agent) {
  TaskScope inward(co_await asio::this_coro::executor);
  inward.spawn("carry frames in", carry(client, agent));
  co_await carry(agent, client);
  co_await inward.close();
}

}  // namespace allmende::runtimes
