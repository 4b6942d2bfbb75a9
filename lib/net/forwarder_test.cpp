#include <gtest/gtest.h>

#include "lib/net/net.h"

namespace allmende::net {
namespace {

// Says who asks, gives bodies back, echoes one WebSocket message.
class WhoAsks final : public Handler {
 public:
  Task<Answer> handle(Request request) override {
    if (request.upgrade) co_return Upgrade{.subprotocol = "", .serve = &WhoAsks::echoOne};
    co_return textResponse(200, request.body.empty() ? request.peer : std::move(request.body));
  }
  BodyLimit bodyLimit(const RequestHead&) const override { return {.bytes = 8U << 20U}; }

 private:
  static Task<> echoOne(std::shared_ptr<WebSocket> socket) {
    if (auto frame = co_await socket->read()) co_await socket->write(*std::move(frame));
  }
};

// A server that takes what is forwarded, and one that forwards.
class Forwarded : public ::testing::Test {
 public:
  void run(Task<> (Forwarded::*scenario)()) { loop_.run(around(scenario)); }

  Task<int> around(Task<> (Forwarded::*scenario)()) {
    check(server_.listen(TcpEndpoint{}).has_value(), "a free port can be listened on");
    target_ = ForwardTarget{*server_.listenForwarded(TcpEndpoint{}, "secret"), "secret"};
    where_ = std::get<TcpEndpoint>(*forwarder_.listen(TcpEndpoint{}));
    co_await (this->*scenario)();
    co_await forwarder_.stop();
    co_await server_.stop(1s);
    co_return 0;
  }

  Task<Result<Response>> send(TcpEndpoint to, std::string body = "") {
    HttpClient client(loop_.executor(), to);
    Request request;
    request.method = body.empty() ? Method::Get : Method::Post;
    request.body = std::move(body);
    co_return co_await client.send(std::move(request), 5s);
  }

  Task<> carriesRequestsAndSockets() {
    const auto hello = co_await send(where_);
    EXPECT_TRUE(hello) << hello.error().message;
    EXPECT_EQ(hello->text(), "127.0.0.1");
    const std::string large(5'000'000, 'x');
    const auto echoed = co_await send(where_, large);
    EXPECT_TRUE(echoed && echoed->text() == large);
    HttpClient client(loop_.executor(), where_);
    const auto socket = co_await client.openWebSocket("/", {}, {}, 5s);
    EXPECT_TRUE(socket);
    EXPECT_TRUE(co_await (*socket)->write({"hello", false}));
    EXPECT_EQ((co_await (*socket)->read())->bytes, "hello");
    EXPECT_FALSE(co_await (*socket)->read());  // the server has closed it, which is carried too
  }

  Task<> refusesWhoDoesNotKnowTheSecret() {
    EXPECT_FALSE(co_await send(target_->where));  // no header at all
    target_->secret = "guessed";
    EXPECT_FALSE(co_await send(where_));
  }

  Task<> waitsForAServer() {
    const auto there = std::exchange(target_, std::nullopt);
    TaskScope later(loop_.executor());
    later.spawn("later", comeBack(there));
    const auto answer = co_await send(where_);
    EXPECT_TRUE(answer);
    co_await later.drained();
  }
  Task<> comeBack(std::optional<ForwardTarget> there) {
    co_await RealClock{}.sleep(100ms);
    target_ = there;
  }

  Task<> leavesOneThatWasReplaced() {
    HttpClient client(loop_.executor(), where_);
    const auto socket = co_await client.openWebSocket("/", {}, {}, 5s);
    EXPECT_TRUE(socket);
    target_ = ForwardTarget{*server_.listenForwarded(TcpEndpoint{}, "another"), "another"};
    EXPECT_FALSE(co_await (*socket)->read());  // as if that server hung: nobody has closed it over there
    EXPECT_TRUE(co_await send(where_));
  }

  Task<> givesAwayWhatItListensOn() {
    const auto listening = forwarder_.release();
    TaskScope asking(loop_.executor());
    asking.spawn("ask", askAnswered());  // waits in the queue of whoever listens next
    co_await RealClock{}.sleep(50ms);
    HttpServer next(loop_.executor(), sample_);
    EXPECT_TRUE(next.listen(listening));
    co_await asking.drained();
    co_await next.stop(1s);
  }
  Task<> askAnswered() { EXPECT_TRUE(co_await send(where_)); }

  EventLoop loop_;
  WhoAsks sample_;
  HttpServer server_{loop_.executor(), sample_};
  std::optional<ForwardTarget> target_;
  Forwarder forwarder_{loop_.executor(), [this] { return target_; }};
  TcpEndpoint where_;
};

TEST_F(Forwarded, requestsAndSocketsArriveWithTheirPeer) { run(&Forwarded::carriesRequestsAndSockets); }
TEST_F(Forwarded, connectionsNeedTheSecret) { run(&Forwarded::refusesWhoDoesNotKnowTheSecret); }
TEST_F(Forwarded, connectionsWaitWhileNobodyServes) { run(&Forwarded::waitsForAServer); }
TEST_F(Forwarded, connectionsToAServerThatWasReplacedAreCut) { run(&Forwarded::leavesOneThatWasReplaced); }
TEST_F(Forwarded, connectionsGoOverToWhoeverListensNext) { run(&Forwarded::givesAwayWhatItListensOn); }

}  // namespace
}  // namespace allmende::net
