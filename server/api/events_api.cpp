#include "server/api/events_api.h"

#include <boost/asio/this_coro.hpp>

#include "server/api/reply.h"

namespace allmende::api {
namespace {

// What stock clients send is checked as stock servers check it.
std::optional<std::string> findFault(const json::object& body) {
  for (const auto* key : {"schema_id", "version", "data"}) {
    if (!body.contains(key)) return fmt::format("Missing `{}` in the JSON request body.", key);
  }
  const auto* schema = findString(body, "schema_id");
  if (schema == nullptr || (*schema != kContentsEvents && *schema != kKernelEvents && *schema != kGatewayEvents)) {
    return fmt::format("The schema {} is not registered; known are {}, {}, {}", json::serialize(body.at("schema_id")), kContentsEvents,
        kKernelEvents, kGatewayEvents);
  }
  const auto version = body.at("version").is_string() ? std::string(body.at("version").get_string()) : json::serialize(body.at("version"));
  if (version != "1") return fmt::format("Unregistered version: '{}'≠'1' for `{}`", version, std::string_view(*schema));
  if (!body.at("data").is_object()) return "`data` must be an object";
  return std::nullopt;
}

// Reads what a subscriber sends, which nobody listens to, until it closes.
Task<> drain(std::shared_ptr<net::WebSocket> socket, std::shared_ptr<Events::Subscriber> subscriber) {
  while (co_await socket->read()) {
  }
  subscriber->closed = true;
  subscriber->news.notifyAll();
}

struct Subscribed {
  Events& events;
  AccountId of;
  std::shared_ptr<Events::Subscriber> subscriber;
  ~Subscribed() { events.unsubscribe(of, subscriber); }
};

}  // namespace

Task<net::Response> EventsApi::post(Call call) {
  auto body = parseJsonObject(call.request.body);
  if (!body) co_return jupyterError(400, body.error().message);
  if (const auto fault = findFault(*body)) co_return jupyterError(400, *fault);
  events_.tell(call.account(), std::string_view(body->at("schema_id").get_string()), body->at("data").get_object());
  co_return emptyReply(204);
}

Task<net::Answer> EventsApi::subscribe(Call call) {
  auto of = call.account();
  co_return net::Upgrade{.subprotocol = "",
      .maxMessage = 64U << 10U,
      .serve = [&events = events_, of](std::shared_ptr<net::WebSocket> socket) { return serve(events, of, std::move(socket)); }};
}

Task<> EventsApi::serve(Events& events, AccountId of, std::shared_ptr<net::WebSocket> socket) {
  auto subscriber = events.subscribe(of);
  const Subscribed held{events, of, subscriber};
  TaskScope reading(co_await asio::this_coro::executor);
  reading.spawn("drain subscriber", drain(socket, subscriber));
  while (!subscriber->closed && !subscriber->overrun) {
    if (subscriber->waiting.empty()) {
      co_await subscriber->news.wait();
      if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) break;
      continue;
    }
    auto text = std::move(subscriber->waiting.front());
    subscriber->waiting.pop_front();
    if (!co_await socket->writeShared(std::move(text), false)) break;
  }
  if (subscriber->overrun) co_await socket->close(net::closeCodeOf(Code::OverLimit), "too many events wait to be read; subscribe again");
  socket->abort();
  co_await reading.close();
}

}  // namespace allmende::api
