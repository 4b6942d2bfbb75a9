#include "node/link_door.h"

#include <gtest/gtest.h>

#include "lib/base/log.h"
#include "lib/base/testing.h"

namespace allmende::node {
namespace {

const link::RuntimeId kFirst = *link::RuntimeId::parse("rt_0123456789abcdef0001");
const link::RuntimeId kSecond = *link::RuntimeId::parse("rt_0123456789abcdef0002");

link::Event endOf(const link::RuntimeId& id) { return link::RuntimeEnded{.id = id, .reason = "stopped", .sentence = "It was."}; }

// A door with a server before it; whatever is asked is answered with how much it was, once `answering`.
class LinkDoorTest : public ::testing::Test {
 public:
  LinkDoorTest() {
    log::setSink([](std::string_view) {});
    check(server.listen(net::UnixEndpoint{.path = path}).has_value(), "a socket in a fresh folder can be listened on");
  }
  ~LinkDoorTest() override { log::setSink(nullptr); }

  Task<Result<json::value>> answer(link::AskBody ask) {
    ++asked;
    changed.notifyAll();
    while (!answering) co_await changed.wait();
    if (const auto* stop = std::get_if<link::StopRuntime>(&ask)) co_return fail(Code::NotFound, "{} does not run", stop->id.text());
    co_return toJson(link::Runtimes{});
  }

  void run(Task<> scenario) { loop.run(around(std::move(scenario))); }
  Task<int> around(Task<> scenario) {
    co_await std::move(scenario);
    answering = true;
    changed.notifyAll();
    co_await door.close(10ms);
    co_await server.stop(1s);
    co_return 0;
  }

  Task<std::shared_ptr<net::WebSocket>> dial() {
    net::HttpClient client(loop.executor(), net::UnixEndpoint{.path = path});
    const RealClock real;
    for (const auto end = real.sinceStart() + 10s;;) {  // the door may not have seen the end of the last link yet
      auto opened = co_await client.openWebSocket("/link", {}, {}, 5s);
      if (opened) co_return *std::move(opened);
      check(real.sinceStart() < end, opened.error().message);
    }
  }

  // A link that has greeted and was greeted.
  Task<std::shared_ptr<net::WebSocket>> meet() {
    auto socket = co_await dial();
    co_await say(socket, link::encode(link::Hello{.program = "test"}));
    check(std::holds_alternative<link::Hello>(co_await hear(socket)), "the node greets first");
    co_return socket;
  }

  static Task<> say(std::shared_ptr<net::WebSocket> socket, std::string text) {
    check((co_await socket->write({.bytes = std::move(text), .binary = false})).has_value(), "the link takes texts");
  }
  static Task<link::FromNode> hear(std::shared_ptr<net::WebSocket> socket) {
    const auto frame = co_await socket->read();
    check(frame.has_value(), "the link says something");
    auto said = link::decodeFromNode(frame->bytes);
    check(said.has_value(), "the node speaks the link");
    co_return *std::move(said);
  }
  static Task<link::Answer> hearAnswer(std::shared_ptr<net::WebSocket> socket) {
    co_return std::get<link::Answer>(co_await hear(std::move(socket)));
  }
  static Task<link::Event> hearEvent(std::shared_ptr<net::WebSocket> socket) {
    co_return std::get<link::Event>(co_await hear(std::move(socket)));
  }

  net::EventLoop loop;
  testing::TemporaryFolder folder;
  std::string path = folder.path() / "node.sock";
  FakeClock clock;
  bool answering = true;
  int asked = 0;
  Notifier changed{loop.executor()};
  LinkDoor door{loop.executor(), clock, [this](link::AskBody ask) { return answer(std::move(ask)); }};
  net::HttpServer server{loop.executor(), door};
};

TEST_F(LinkDoorTest, answersEveryAskByItsNumber) {
  run([](LinkDoorTest* test) -> Task<> {
    const auto socket = co_await test->meet();
    co_await say(socket, link::encode(link::Ask{7, link::ListRuntimes{}}));
    co_await say(socket, link::encode(link::Ask{8, link::StopRuntime{.id = kFirst}}));
    const auto first = co_await hearAnswer(socket);
    EXPECT_EQ(first.number, 7);
    EXPECT_EQ(first.body, toJson(link::Runtimes{}));
    const auto second = co_await hearAnswer(socket);
    EXPECT_EQ(second.number, 8);
    EXPECT_EQ(second.body.error().code, Code::NotFound);
  }(this));
}

TEST_F(LinkDoorTest, keepsEventsForTheNextLinkAndSendsEachOnce) {
  run([](LinkDoorTest* test) -> Task<> {
    test->door.tell(endOf(kFirst));
    auto socket = co_await test->meet();
    EXPECT_EQ(co_await hearEvent(socket), endOf(kFirst));
    test->door.tell(endOf(kSecond));
    EXPECT_EQ(co_await hearEvent(socket), endOf(kSecond));
    co_await socket->close(1000, "");
    socket = co_await test->meet();
    co_await say(socket, link::encode(link::Ask{1, link::ListRuntimes{}}));
    EXPECT_EQ((co_await hearAnswer(socket)).number, 1);
  }(this));
}

TEST_F(LinkDoorTest, tellsNothingToWhoeverHasNotGreeted) {
  run([](LinkDoorTest* test) -> Task<> {
    test->door.tell(endOf(kFirst));
    auto socket = co_await test->dial();
    EXPECT_TRUE(std::holds_alternative<link::Hello>(co_await hear(socket)));
    test->clock.advance(kGreetingPatience);
    EXPECT_FALSE((co_await socket->read()).has_value());
    socket = co_await test->meet();
    EXPECT_EQ(co_await hearEvent(socket), endOf(kFirst));
  }(this));
}

TEST_F(LinkDoorTest, refusesASecondLinkAndKeepsTheFirst) {
  run([](LinkDoorTest* test) -> Task<> {
    const auto socket = co_await test->meet();
    net::HttpClient client(test->loop.executor(), net::UnixEndpoint{.path = test->path});
    const auto second = co_await client.openWebSocket("/link", {}, {}, 5s);
    EXPECT_FALSE(second.has_value());
    co_await say(socket, link::encode(link::Ask{1, link::ListRuntimes{}}));
    EXPECT_EQ((co_await hearAnswer(socket)).number, 1);
  }(this));
}

TEST_F(LinkDoorTest, answersByNumberWhatItCannotRead) {
  run([](LinkDoorTest* test) -> Task<> {
    const auto socket = co_await test->meet();
    co_await say(socket, R"({"ask": "make_coffee", "number": 5})");
    const auto refused = co_await hearAnswer(socket);
    EXPECT_EQ(refused.number, 5);
    EXPECT_EQ(refused.body.error().code, Code::InvalidInput);
    EXPECT_EQ(test->asked, 0);
  }(this));
}

TEST_F(LinkDoorTest, closesOnWhatHasNoNumber) {
  run([](LinkDoorTest* test) -> Task<> {
    for (const auto* text : {"]", "{}", R"({"ask": "list_runtimes"})", R"({"hello": {}})"}) {
      const auto socket = co_await test->meet();
      co_await say(socket, text);
      EXPECT_EQ((co_await socket->read()).error().code, Code::Cancelled) << text;
    }
  }(this));
}

TEST_F(LinkDoorTest, readsNoFurtherWhileTooManyAsksWait) {
  run([](LinkDoorTest* test) -> Task<> {
    test->answering = false;
    const auto socket = co_await test->meet();
    const auto most = static_cast<int>(kMostAsks);
    for (int number = 0; number < most + 1; ++number) co_await say(socket, link::encode(link::Ask{number, link::ListRuntimes{}}));
    while (test->asked < most) co_await test->changed.wait();
    EXPECT_EQ(test->asked, most);
    test->answering = true;
    test->changed.notifyAll();
    for (int heard = 0; heard < most + 1; ++heard) static_cast<void>(co_await hearAnswer(socket));
    EXPECT_EQ(test->asked, most + 1);
  }(this));
}

TEST_F(LinkDoorTest, goesOnWithWhatWasAskedWhenTheLinkEnds) {
  run([](LinkDoorTest* test) -> Task<> {
    test->answering = false;
    auto socket = co_await test->meet();
    co_await say(socket, link::encode(link::Ask{1, link::ListRuntimes{}}));
    while (test->asked < 1) co_await test->changed.wait();
    co_await socket->close(1000, "");
    test->answering = true;
    test->changed.notifyAll();
    socket = co_await test->meet();
    co_await say(socket, link::encode(link::Ask{2, link::ListRuntimes{}}));
    EXPECT_EQ((co_await hearAnswer(socket)).number, 2);
  }(this));
}

}  // namespace
}  // namespace allmende::node
