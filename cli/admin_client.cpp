#include "cli/admin_client.h"

#include "cli/children.h"
#include "lib/net/net.h"

namespace allmende::cli {
namespace {

Task<Result<json::object>> ask(std::string socket, std::string path, json::object body) {
  net::HttpClient client(co_await asio::this_coro::executor, net::UnixEndpoint{.path = std::move(socket)});
  net::Request request;
  request.method = net::Method::Post;
  request.target = request.path = std::move(path);
  request.headers.add("Host", "admin");
  request.headers.add("Content-Type", "application/json");
  request.body = json::serialize(body);
  CO_TRY(auto response, co_await client.send(std::move(request), 30s));
  CO_TRY(auto reply, parseJsonObject(response.text()));
  if (response.status < 300) co_return reply;
  const auto* message = findString(reply, "message");
  const auto* reason = findString(reply, "reason");
  co_return std::unexpected(Error{codeNamed(reason == nullptr ? "" : *reason).value_or(Code::Internal),
      message == nullptr ? fmt::format("the server answered with status {}", response.status) : std::string(*message), {}});
}

Task<int> askInto(std::string socket, std::string path, json::object body, Result<json::object>* reply) {
  *reply = co_await ask(std::move(socket), std::move(path), std::move(body));
  co_return 0;
}

}  // namespace

Result<json::object> askRunning(Context context, std::string path, json::object body) {
  Result<json::object> reply;
  net::EventLoop loop;
  loop.run(askInto((context.data / "admin.sock").string(), std::move(path), std::move(body), &reply));
  if (!reply && reply.error().code == Code::Unavailable)
    return fail(Code::Unavailable, "no Allmende serves {}; start it, or say by --data where its data are", context.data.string());
  return reply;
}

Result<json::object> askAdmin(Context context, std::string path, json::object body) {
  const auto attempt = [&] { return askRunning(context, path, body); };
  auto reply = attempt();
  if (reply || reply.error().code != Code::Unavailable) return reply;
  // Nobody serves this data directory: a server that listens on the admin socket alone does the same work through the same code.
  TRY(auto server, Child::start({.program = context.programs / "allmende-server",
                       .arguments = {"--data", context.data.string(), "--admin-only", "true"},
                       .user = serverUser(),
                       .readOutput = true,
                       .quiet = true}));
  TRY(during("starting a server for this one request", server.readReady(20s)));
  reply = attempt();
  server.stop(10s);
  return reply;
}

std::string textOf(const json::object& reply, std::string_view key) {
  const auto* found = findString(reply, key);
  return found == nullptr ? std::string() : std::string(*found);
}

double numberOf(const json::object& reply, std::string_view key) {
  const auto* found = reply.if_contains(key);
  return found != nullptr && found->is_number() ? found->to_number<double>() : 0;
}

}  // namespace allmende::cli
