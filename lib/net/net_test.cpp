#include "lib/net/net.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/this_coro.hpp>
#include <fstream>

namespace allmende::net {
namespace {

// Answers GET /hello, echoes POST bodies, throws on /throw, echoes WebSockets on /echo, refuses them elsewhere. Takes the connections of
// what is below /taken/, and sends back whatever comes until "done".
class Sample final : public Handler {
 public:
  Task<Answer> handle(Request request) override {
    if (request.path == "/throw") throw std::runtime_error("boom");
    if (request.path == "/taken/echo") co_return Handover{.serve = &Sample::sendBack};
    if (request.path == "/taken/broken") co_return Handover{.serve = &Sample::breakDown};
    if (request.path == "/file") co_return fileAnswer();
    if (request.upgrade && request.path == "/echo") {
      co_return Upgrade{
          .subprotocol = std::string(request.headers.find("Sec-WebSocket-Protocol")), .maxMessage = 16U << 20U, .serve = &Sample::echo};
    }
    if (request.upgrade && request.path == "/silent")
      co_return Upgrade{.subprotocol = "", .maxMessage = 1024, .serve = &Sample::readForEver};
    if (request.upgrade) co_return errorResponse({Code::NotFound, "no socket here", {}});
    if (request.method == Method::Post) co_return textResponse(200, std::move(request.body));
    if (request.path == "/hello") co_return jsonResponse(200, R"({"hello":"world"})");
    co_return errorResponse({Code::NotFound, "nothing here", {}});
  }
  BodyLimit bodyLimit(const RequestHead&) const override { return {.bytes = 1U << 20U, .remedy = "send two"}; }
  bool takesConnection(const RequestHead& head) const override { return head.path.starts_with("/taken/"); }

 private:
  static Task<> echo(std::shared_ptr<WebSocket> socket) {
    for (;;) {
      auto frame = co_await socket->read();
      if (!frame) co_return;
      if (frame->bytes == "leave") co_return;
      if (!co_await socket->write(*std::move(frame))) co_return;
    }
  }
  static Task<> sendBack(std::shared_ptr<Stream> stream) {
    std::array<char, 7> piece{};
    for (std::string all; !all.ends_with("done");) {
      const auto size = co_await stream->readSome(piece);
      if (!size) co_return;
      all.append(piece.data(), *size);
      if (!co_await stream->write({std::span<const char>(piece.data(), *size)})) co_return;
    }
  }
  static Task<> breakDown(std::shared_ptr<Stream>) { throw std::runtime_error("boom"); }
  static Task<> readForEver(std::shared_ptr<WebSocket> socket) {
    while (co_await socket->read()) {
    }
  }
  static Answer fileAnswer() {
    char name[] = "/tmp/allmende-net-XXXXXX";
    const int fd = ::mkstemp(name);
    ::unlink(name);
    const std::string text(700'000, 'f');
    check(::write(fd, text.data(), text.size()) == 700'000, "a small file can be written");
    Response response;
    response.body = makeFileBody(fd, 0, 700'000);
    return response;
  }
};

// Runs a scenario against a fresh server; the scenario gets its port.
class Net : public ::testing::Test {
 protected:
  void run(Task<> (*scenario)(std::uint16_t port)) { loop_.run(withServer(scenario)); }

  Task<int> withServer(Task<> (*scenario)(std::uint16_t)) {
    HttpServer server(loop_.executor(), sample_, {.header = 4096, .headerTime = 500ms});
    const auto where = server.listen(TcpEndpoint{});
    check(where.has_value(), "a free port can be listened on");
    co_await scenario(std::get<TcpEndpoint>(*where).port);
    co_await server.stop(1s);
    co_return 0;
  }

  EventLoop loop_;
  Sample sample_;
};

Request get(std::string path) {
  Request request;
  request.target = request.path = std::move(path);
  return request;
}

// Sends raw bytes and returns all that comes back until the server closes.
Task<std::string> raw(std::uint16_t port, std::string bytes) {
  auto stream = co_await dial(TcpEndpoint{"127.0.0.1", port}, 1s);
  check(stream.has_value(), "the server accepts");
  co_await (*stream)->write({std::span<const char>(bytes)});
  std::string got;
  std::array<char, 4096> piece{};
  for (;;) {
    const auto size = co_await (*stream)->readSome(piece);
    if (!size) co_return got;
    got.append(piece.data(), *size);
  }
}

Task<> severalRequestsOnOneConnection(std::uint16_t port) {
  HttpClient client(co_await asio::this_coro::executor, TcpEndpoint{"127.0.0.1", port});
  for (int i = 0; i < 3; ++i) {
    const auto response = co_await client.send(get("/hello"), 2s);
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->text(), R"({"hello":"world"})");
    EXPECT_EQ(response->headers.find("content-type"), "application/json");
  }
  auto post = get("/");
  post.method = Method::Post;
  post.body = std::string(900'000, 'x');
  const auto echoed = co_await client.send(post, 5s);
  EXPECT_EQ(echoed->text().size(), 900'000U);
}
TEST_F(Net, answersSeveralRequestsOnOneConnection) { run(severalRequestsOnOneConnection); }

Task<> pipelined(std::uint16_t port) {
  const auto got =
      co_await raw(port, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\nGET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_NE(got.find("200 OK"), std::string::npos);
  EXPECT_LT(got.find("200 OK"), got.find("404 Not Found"));
}
TEST_F(Net, answersPipelinedRequestsInTheirOrder) { run(pipelined); }

Task<> malformed(std::uint16_t port) {
  EXPECT_NE((co_await raw(port, "NONSENSE\r\n\r\n")).find("400 Bad Request"), std::string::npos);
  EXPECT_NE((co_await raw(port, "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(8000, 'h') + "\r\n\r\n")).find("431"), std::string::npos);
  EXPECT_NE((co_await raw(port, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n")).find("413"), std::string::npos);
  EXPECT_NE((co_await raw(port, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n"))
                .find("the 1048576 bytes allowed here; send two"),
      std::string::npos);
  EXPECT_NE((co_await raw(port, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n")).find("400"), std::string::npos);
}
TEST_F(Net, tellsWhatIsWrongWithARequestItCannotRead) { run(malformed); }

Task<> muteConnection(std::uint16_t port) {
  EXPECT_EQ(co_await raw(port, "GET / HT"), "");  // cut off, since the head never ends
}
TEST_F(Net, cutsAConnectionThatNeverFinishesItsHead) {
  EventLoop loop;
  Sample sample;
  const auto scenario = [&]() -> Task<int> {
    HttpServer server(loop.executor(), sample, {.headerTime = 100ms});
    const auto where = server.listen(TcpEndpoint{});
    co_await muteConnection(std::get<TcpEndpoint>(*where).port);
    co_await server.stop(1s);
    co_return 0;
  };
  loop.run(scenario());
}

Task<> throwing(std::uint16_t port) {
  HttpClient client(co_await asio::this_coro::executor, TcpEndpoint{"127.0.0.1", port});
  EXPECT_EQ((co_await client.send(get("/throw"), 2s))->status, 500);
  EXPECT_EQ((co_await client.send(get("/hello"), 2s))->status, 200);
}
// A body in one piece with its head, or behind it, is the taker's, and no request that follows is ours.
Task<> takenConnections(std::uint16_t port) {
  EXPECT_EQ(co_await raw(port, "POST /taken/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nGET /hello HTTP/1.1\r\n\r\ndone"),
      "GET /hello HTTP/1.1\r\n\r\ndone");
  EXPECT_EQ(co_await raw(port,
                "GET /taken/echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: x\r\n\r\nno handshake of ours, done"),
      "no handshake of ours, done");
  EXPECT_EQ(co_await raw(port, "GET /taken/broken HTTP/1.1\r\nHost: x\r\n\r\n"), "");
  const auto refused = co_await raw(port, "POST /taken/nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nmany more");
  EXPECT_TRUE(refused.starts_with("HTTP/1.1 200 OK\r\n")) << refused;
  EXPECT_TRUE(refused.contains("Connection: close\r\n")) << "what follows is no request of ours either";
  HttpClient client(co_await asio::this_coro::executor, TcpEndpoint{"127.0.0.1", port});
  EXPECT_EQ((co_await client.send(get("/hello"), 2s))->status, 200);
}
TEST_F(Net, aConnectionThatIsTakenIsReadByNobodyElse) { run(takenConnections); }

Task<> stoppedWhileTaken(std::uint16_t port) {
  auto stream = co_await dial(TcpEndpoint{"127.0.0.1", port}, 1s);
  const std::string head = "GET /taken/echo HTTP/1.1\r\nHost: x\r\n\r\nhi";
  co_await (*stream)->write({std::span<const char>(head)});
  std::array<char, 2> answer{};
  EXPECT_EQ(co_await (*stream)->readSome(answer), 2U);
  // withServer() stops the server now, which would wait for a request that is being answered.
}
TEST_F(Net, stopsWithoutWaitingForAConnectionThatWasTaken) { run(stoppedWhileTaken); }

TEST_F(Net, aHandlerThatThrowsCostsOneAnswerOnly) { run(throwing); }

Task<> files(std::uint16_t port) {
  HttpClient client(co_await asio::this_coro::executor, TcpEndpoint{"127.0.0.1", port});
  EXPECT_EQ((co_await client.send(get("/file"), 5s))->text(), std::string(700'000, 'f'));
  auto head = get("/file");
  head.method = Method::Head;
  const auto answer = co_await client.send(head, 5s);
  EXPECT_EQ(answer->headers.find("Content-Length"), "700000");
  EXPECT_EQ(answer->text(), "");
}
TEST_F(Net, sendsFilesInPiecesAndOnlyTheirHeadWhenAsked) { run(files); }

Task<> echoes(std::uint16_t port) {
  HttpClient client(co_await asio::this_coro::executor, TcpEndpoint{"127.0.0.1", port});
  auto socket = co_await client.openWebSocket("/echo", {}, {"v1.kernel.websocket.jupyter.org"}, 2s);
  if (!socket) {
    ADD_FAILURE() << socket.error().message;
    co_return;
  }
  EXPECT_EQ((*socket)->subprotocol(), "v1.kernel.websocket.jupyter.org");
  for (const bool binary : {true, false}) {
    WebSocketFrame frame{.bytes = std::string(binary ? 10U << 20U : 5U, 'e'), .binary = binary};
    EXPECT_TRUE(co_await (*socket)->write(frame));
    const auto back = co_await (*socket)->read();
    EXPECT_EQ(back->bytes, frame.bytes);
    EXPECT_EQ(back->binary, binary);
  }
  co_await (*socket)->write({.bytes = "leave", .binary = false});
  EXPECT_EQ((co_await (*socket)->read()).error().code, Code::Cancelled);
  const auto refused = co_await client.openWebSocket("/elsewhere", {}, {}, 2s);
  EXPECT_EQ(refused.error().code, Code::NotFound);
}
TEST_F(Net, aWebSocketCarriesBothKindsOfMessagesAndEndsWithItsServer) { run(echoes); }

Task<> tooLargeFrame(std::uint16_t port) {
  HttpClient client(co_await asio::this_coro::executor, TcpEndpoint{"127.0.0.1", port});
  auto socket = co_await client.openWebSocket("/silent", {}, {}, 2s);
  co_await (*socket)->write({.bytes = std::string(5000, 'x'), .binary = true});
  EXPECT_FALSE(co_await (*socket)->read());
}
TEST_F(Net, aMessageBeyondTheLimitEndsItsSocket) { run(tooLargeFrame); }

TEST_F(Net, stopsWhileASocketIsOpenWithoutWaitingForItsPeer) {
  const auto scenario = [&]() -> Task<int> {
    HttpServer server(loop_.executor(), sample_);
    const auto where = server.listen(TcpEndpoint{});
    HttpClient client(loop_.executor(), *where);
    auto socket = co_await client.openWebSocket("/silent", {}, {}, 2s);
    EXPECT_TRUE(socket);
    EXPECT_EQ(server.webSockets(), 1U);
    co_await server.stop(500ms);
    EXPECT_EQ(server.webSockets(), 0U);
    EXPECT_FALSE(co_await (*socket)->read());
    co_return 0;
  };
  loop_.run(scenario());
}

TEST_F(Net, aPortInUseIsAConflictThatNamesThePort) {
  const auto scenario = [&]() -> Task<int> {
    HttpServer first(loop_.executor(), sample_);
    const auto where = first.listen(TcpEndpoint{});
    HttpServer second(loop_.executor(), sample_);
    const auto refused = second.listen(*where);
    EXPECT_EQ(refused.error().code, Code::Conflict);
    EXPECT_NE(refused.error().message.find(std::to_string(std::get<TcpEndpoint>(*where).port)), std::string::npos);
    co_await second.stop(100ms);
    co_await first.stop(100ms);
    co_return 0;
  };
  loop_.run(scenario());
}

TEST_F(Net, aUnixSocketOfADeadProcessIsReplacedAndALiveOneIsNot) {
  const auto path = fmt::format("/tmp/allmende-net-{}.sock", ::getpid());
  const int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(dead, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::close(dead);
  const auto scenario = [&]() -> Task<int> {
    HttpServer server(loop_.executor(), sample_);
    EXPECT_TRUE(server.listen(UnixEndpoint{path}));
    HttpServer other(loop_.executor(), sample_);
    EXPECT_EQ(other.listen(UnixEndpoint{path}).error().code, Code::Conflict);
    HttpClient client(loop_.executor(), UnixEndpoint{path});
    EXPECT_EQ((co_await client.send(get("/hello"), 2s))->status, 200);
    co_await other.stop(100ms);
    co_await server.stop(100ms);
    co_return 0;
  };
  loop_.run(scenario());
  EXPECT_NE(::access(path.c_str(), F_OK), 0);
}

TEST_F(Net, startsAndStopsAHundredTimes) {
  for (int i = 0; i < 100; ++i) run(severalRequestsOnOneConnection);
}

TEST(Pool, runsWorkElsewhereAndRefusesMoreThanItsBound) {
  EventLoop loop;
  Pool pool("test", 1, 1);
  std::mutex gate;
  const auto scenario = [&]() -> Task<int> {
    EXPECT_EQ(*co_await pool.run([] { return 6 * 7; }), 42);
    EXPECT_EQ((co_await pool.runResult([]() -> Result<int> { return fail(Code::Conflict, "no"); })).error().code, Code::Conflict);
    EXPECT_THROW(co_await pool.run([]() -> int { throw std::runtime_error("boom"); }), std::runtime_error);
    std::unique_lock closed(gate);
    const auto block = [&gate] { const std::scoped_lock pass(gate); };
    TaskScope scope(loop.executor());
    const auto occupy = [&]() -> Task<> { co_await pool.run(block); };
    scope.spawn("one", occupy());
    scope.spawn("two", occupy());
    // One job may already be on the thread and one waits; a few more cannot all find a place.
    bool refused = false;
    for (int i = 0; i < 3 && !refused; ++i) {
      TaskScope more(loop.executor());
      const auto attempt = [&]() -> Task<> {
        const auto result = co_await pool.run(block);
        refused = refused || (!result && result.error().code == Code::Unavailable);
      };
      scope.spawn("more", attempt());
      co_await RealClock().sleep(1ms);
    }
    EXPECT_TRUE(refused);
    closed.unlock();
    co_await scope.drained();
    co_return 0;
  };
  loop.run(scenario());
}

TEST(HttpValues, decodesPathsStrictly) {
  EXPECT_EQ(decodePath("a%20b+c"), "a b+c");
  EXPECT_EQ(decodePath("%00"), std::nullopt);
  EXPECT_EQ(decodePath("%f"), std::nullopt);
  EXPECT_EQ(decodePath("%ff"), std::nullopt);
  EXPECT_EQ(decodePath(encodePath("Grüße & mehr?.ipynb")), "Grüße & mehr?.ipynb");
  EXPECT_FALSE(isUtf8("\xED\xA0\x80"));
  EXPECT_EQ(Query::parse("a=1&b=x%20y&&a=2&c").find("b"), "x y");
  EXPECT_EQ(Query::parse("a=1&a=2").find("a"), "1");
  EXPECT_EQ(Query::parse("c").find("c"), "");
}

TEST(Range, meansBytesWithinTheFile) {
  EXPECT_EQ(readRange("bytes=0-99", 1000), (ByteRange{0, 100}));
  EXPECT_EQ(readRange("bytes=900-", 1000), (ByteRange{900, 100}));
  EXPECT_EQ(readRange("bytes=-10", 1000), (ByteRange{990, 10}));
  EXPECT_EQ(readRange("bytes=990-5000", 1000), (ByteRange{990, 10}));
  EXPECT_EQ(readRange("bytes=1000-", 1000), (ByteRange{1000, 0}));
  for (const auto* broken : {"", "bytes=", "bytes=a-b", "bytes=5-2", "bytes=0-1,3-4", "lines=1-2"})
    EXPECT_EQ(readRange(broken, 1000), std::nullopt);
}

TEST(HttpDate, comesBackAsItWas) {
  const Instant at{std::chrono::seconds{1'795'000'000}};
  EXPECT_EQ(httpDate(Instant{}), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(readHttpDate(httpDate(at)), at);
  EXPECT_EQ(readHttpDate("yesterday"), std::nullopt);
}

}  // namespace
}  // namespace allmende::net
