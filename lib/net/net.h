#pragma once
// The only sockets of the house: event loop, HTTP server and client, WebSockets, byte streams, pools for blocking work.
//
// Beast and TLS stay behind this door; rooms see plain values and awaitable calls. Every socket has TCP_NODELAY, every queue and
// buffer a bound. Failures of peers are values; nothing here throws but cancellation and bugs.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/base/task.h"
#include "lib/net/file_headers.h"
#include "lib/net/http.h"

namespace allmende::net {

// Where to listen or to dial.
struct TcpEndpoint {
  std::string host = "127.0.0.1";  // an address; the dialling side also takes names
  std::uint16_t port = 0;          // 0 = any free one
};
struct UnixEndpoint {
  std::string path;
  unsigned mode = 0600;   // of the socket file, when listening
  bool replaces = false;  // also the socket of a process that still lives, when listening
};
struct InheritedEndpoint {
  int fd = 3;  // a listening socket handed in (LISTEN_FDS)
};
using Endpoint = std::variant<TcpEndpoint, UnixEndpoint, InheritedEndpoint>;

// The loop that runs all domain code of a process.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  Executor executor();
  // Runs `body`, then everything it left behind, until all is done. Returns what `body` returned.
  int run(Task<int> body);
  // Returns the number of the first SIGINT or SIGTERM (or SIGHUP) that arrives.
  Task<int> signalled();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A named, bounded pool of threads for work above a millisecond: database, password hash, compression, disk.
class Pool {
 public:
  Pool(std::string name, unsigned threads, std::size_t mostWaiting);
  ~Pool();
  // Runs `work` on the pool and resumes on the calling loop with what it returned.
  // Fails with Unavailable when `mostWaiting` jobs wait already. An exception from `work` is rethrown here.
  template <class F>
  Task<Result<std::invoke_result_t<F>>> run(F work);
  // The same for work that gives a Result itself, flattened.
  template <class F>
  Task<std::invoke_result_t<F>> runResult(F work);

 private:
  Task<Result<>> runErased(std::move_only_function<void()> work);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct WebSocketFrame {
  std::string bytes;
  bool binary = false;
};

// One WebSocket, server or client side. Values move through read() and write(); at most one of each at a time.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  // The next whole message. Fails with Cancelled when the peer closed, Unavailable when the connection broke,
  // OverLimit when the message was larger than allowed (the socket is then closed with 1009).
  virtual Task<Result<WebSocketFrame>> read() = 0;
  // Returns once the bytes are handed to the kernel: that is the back-pressure.
  virtual Task<Result<>> write(WebSocketFrame frame) = 0;
  // The same for bytes that several sockets share.
  virtual Task<Result<>> writeShared(std::shared_ptr<const std::string> bytes, bool binary) = 0;
  // Sends a close frame and waits a bounded time for the peer's. Safe to call twice and while another task reads or writes.
  virtual Task<> close(std::uint16_t code, std::string reason) = 0;
  // Cuts the connection now, without awaiting; pending read and write fail.
  virtual void abort() = 0;
  virtual const std::string& subprotocol() const = 0;
};

// A connected byte stream, for protocols of our own (ZMTP to kernels, the link) and for proxies.
class Stream {
 public:
  virtual ~Stream() = default;
  // At least one byte; fails with Cancelled at the end of the stream.
  virtual Task<Result<std::size_t>> readSome(std::span<char> into) = 0;
  virtual Task<Result<>> write(std::vector<std::span<const char>> pieces) = 0;  // all of them; they must live until it returns
  virtual void abort() = 0;
};

// What a handler decides about an upgrade request: refuse it with a response, or take the socket.
struct Upgrade {
  std::string subprotocol;  // echoed; empty = none
  std::size_t maxMessage = 64U << 20U;
  std::function<Task<>(std::shared_ptr<WebSocket>)> serve;  // runs until the socket is done; its end closes the socket
};
// Or it takes the whole connection: what comes behind the request's head, its body included, is read by nobody else, and what is written is
// the answer. Only where takesConnection() said so.
struct Handover {
  std::function<Task<>(std::shared_ptr<Stream>)> serve;  // runs until the answer is written; its end closes the connection
};
using Answer = std::variant<Response, Upgrade, Handover>;

struct BodyLimit {
  std::size_t bytes = 0;
  std::string_view remedy = "send less at once";  // what the sender of a larger one can do; a literal
};

// What a server calls. A handler that throws is answered with 500 and logged.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual Task<Answer> handle(Request request) = 0;
  // How large a body this head may bring; asked before the body is read.
  virtual BodyLimit bodyLimit(const RequestHead& head) const { return {head.method == Method::Get ? 64U << 10U : 1U << 20U}; }
  // Whether handle() is called as soon as this head is there, without its body, and may answer with a Handover.
  virtual bool takesConnection(const RequestHead& head) const;
};

struct TlsFiles {
  std::string certificateChain;  // PEM
  std::string privateKey;        // PEM
};

struct HttpServerLimits {
  std::size_t header = 16U << 10U;
  Duration headerTime{10'000};     // for the request line and headers
  Duration bodyTime{120'000};      // between two pieces of a body
  Duration idle{75'000};           // keep-alive
  Duration handedOver{3'600'000};  // without a byte either way on a connection that was handed over
  std::size_t connections = 4096;
};

class HttpServer {
 public:
  HttpServer(Executor executor, Handler& handler, HttpServerLimits limits = {});
  ~HttpServer();
  // Starts accepting. Fails with Conflict when the port or path is taken, InvalidInput when the address or TLS files are unusable.
  // A Unix socket file left by a dead process is replaced. Returns where it listens (the port, when 0 was asked).
  Result<Endpoint> listen(Endpoint endpoint);
  Result<Endpoint> listenTls(Endpoint endpoint, const TlsFiles& files);
  // For what a Forwarder sends, after listen(): connections that do not bring the secret are cut. Their peer is who asked the Forwarder.
  Result<TcpEndpoint> listenForwarded(TcpEndpoint endpoint, std::string secret);
  // Stops accepting, closes WebSockets with 1012 (never 1001: Jupyter clients would not reconnect), lets requests finish for `patience`.
  Task<> stop(Duration patience);
  std::size_t connections() const;
  std::size_t webSockets() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

// A client of one endpoint with a small bounded set of kept-alive connections.
class HttpClient {
 public:
  HttpClient(Executor executor, Endpoint to);
  ~HttpClient();
  // Fails with Unavailable when nobody listens or the connection breaks, TimedOut after `patience`, OverLimit when the reply's body is
  // larger than `largest` bytes. Never follows redirects.
  Task<Result<Response>> send(Request request, Duration patience, std::uint64_t largest = 64U << 20U);
  Task<Result<std::shared_ptr<WebSocket>>> openWebSocket(
      std::string target, Headers headers, std::vector<std::string> subprotocols, Duration patience);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

Task<Result<std::unique_ptr<Stream>>> dial(Endpoint to, Duration patience);

}  // namespace allmende::net

#include "lib/net/forwarder.h"
#include "lib/net/pool_run.h"
