#include "node/network/name_relay.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "lib/base/log.h"
#include "node/network/names.h"

namespace allmende::network {
namespace {

constexpr int kMostOfOne = 64;
constexpr int kMostOfAll = 1024;
constexpr Duration kPatience{3'000};  // with each server, and with who asks by a stream
constexpr Duration kPause{100};       // after a failure of a door
constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

// Closes the socket when the time is over; what waits on it then fails.
template <class Socket>
class Deadline {
 public:
  Deadline(const std::shared_ptr<Socket>& socket, Duration patience) : timer_(socket->get_executor(), patience) {
    timer_.async_wait([socket](const boost::system::error_code& error) {
      boost::system::error_code ignored;
      if (!error) socket->close(ignored);
    });
  }

 private:
  asio::steady_timer timer_;
};

std::string framed(std::string_view message) {
  std::string text{static_cast<char>(message.size() >> 8U), static_cast<char>(message.size() & 0xFFU)};
  return text.append(message);
}

// One message of a stream; "" when the stream fails or it is longer than allowed.
Task<std::string> readFramed(std::shared_ptr<asio::ip::tcp::socket> from, std::size_t most) {
  std::array<unsigned char, 2> head{};
  if (const auto [error, size] = co_await asio::async_read(*from, asio::buffer(head), kAwait); error) co_return "";
  const std::size_t length = (std::size_t{head[0]} << 8U) | head[1];
  if (length > most) co_return "";
  std::string message(length, '\0');
  if (const auto [error, size] = co_await asio::async_read(*from, asio::buffer(message), kAwait); error) co_return "";
  co_return message;
}

Task<std::optional<std::string>> askByDatagram(Executor executor, asio::ip::address server, std::string question) {
  auto socket = std::make_shared<asio::ip::udp::socket>(executor);
  const Deadline deadline(socket, kPatience);
  boost::system::error_code fault;
  socket->connect({server, 53}, fault);
  if (fault) co_return std::nullopt;
  if (const auto [error, size] = co_await socket->async_send(asio::buffer(question), kAwait); error) co_return std::nullopt;
  std::string answer(kMostMessage, '\0');
  for (int strangers = 0; strangers < 8; ++strangers) {
    const auto [error, size] = co_await socket->async_receive(asio::buffer(answer), kAwait);
    if (error) co_return std::nullopt;
    if (answersTo({answer.data(), size}, question)) co_return answer.substr(0, size);
  }
  co_return std::nullopt;
}

Task<std::optional<std::string>> askByStream(Executor executor, asio::ip::address server, std::string question) {
  auto socket = std::make_shared<asio::ip::tcp::socket>(executor);
  const Deadline deadline(socket, kPatience);
  if (const auto [error] = co_await socket->async_connect({server, 53}, kAwait); error) co_return std::nullopt;
  const auto text = framed(question);
  if (const auto [error, size] = co_await asio::async_write(*socket, asio::buffer(text), kAwait); error) co_return std::nullopt;
  auto answer = co_await readFramed(socket, 65535);
  if (!answersTo(answer, question)) co_return std::nullopt;
  co_return answer;
}

}  // namespace

NameRelay::NameRelay(Executor executor, Clock& clock, Gateway& gateway, std::string resolvConf)
    : executor_(executor),
      clock_(clock),
      gateway_(gateway),
      resolvConf_(std::move(resolvConf)),
      datagrams_(executor),
      streams_(executor),
      work_("names", 1, kMostOfAll),
      scope_(executor) {}

void NameRelay::begin() {
  datagrams_.assign(Udp::v4(), gateway_.takeDatagramDoor().release());
  streams_.assign(Tcp::v4(), gateway_.takeStreamDoor().release());
  scope_.spawn("hear questions for names", hearDatagrams());
  scope_.spawn("hear questions for names by streams", hearStreams());
}

Task<> NameRelay::close() {
  boost::system::error_code ignored;
  datagrams_.close(ignored);
  streams_.close(ignored);
  co_await scope_.close();
}

bool NameRelay::takeTurn(Address guest) {
  if (askingInAll_ >= kMostOfAll || asking_[guest] >= kMostOfOne) return false;
  ++asking_[guest];
  ++askingInAll_;
  return true;
}

void NameRelay::endTurn(Address guest) {
  --askingInAll_;
  if (--asking_[guest] == 0) asking_.erase(guest);
}

Task<> NameRelay::hearDatagrams() {
  std::string message(kMostMessage, '\0');
  while (datagrams_.is_open()) {
    Udp::endpoint from;
    const auto [error, size] = co_await datagrams_.async_receive_from(asio::buffer(message), from, kAwait);
    if (error) co_await clock_.sleep(kPause);
    if (error || !takeTurn(from.address().to_v4().to_uint())) continue;  // who hears nothing asks again
    scope_.spawn("answer for a name", answerDatagram(message.substr(0, size), from));
  }
}

Task<> NameRelay::answerDatagram(std::string message, Udp::endpoint from) {
  const auto guest = from.address().to_v4().to_uint();
  const auto answer = co_await answerTo(std::move(message), guest, false);
  endTurn(guest);
  if (answer && datagrams_.is_open()) co_await datagrams_.async_send_to(asio::buffer(*answer), from, kAwait);
}

Task<> NameRelay::hearStreams() {
  while (streams_.is_open()) {
    auto socket = std::make_shared<Tcp::socket>(executor_);
    if (const auto [error] = co_await streams_.async_accept(*socket, kAwait); error) {
      co_await clock_.sleep(kPause);
      continue;
    }
    boost::system::error_code fault;
    const auto from = socket->remote_endpoint(fault);
    if (fault || !takeTurn(from.address().to_v4().to_uint())) continue;
    scope_.spawn("answer for a name by a stream", answerStream(socket, from.address().to_v4().to_uint()));
  }
}

Task<> NameRelay::answerStream(std::shared_ptr<Tcp::socket> from, Address guest) {
  const Deadline deadline(from, kPatience * 4);
  auto message = co_await readFramed(from, kMostMessage);
  if (!message.empty()) {
    if (const auto answer = co_await answerTo(std::move(message), guest, true)) {
      const auto text = framed(*answer);
      co_await asio::async_write(*from, asio::buffer(text), kAwait);
    }
  }
  endTurn(guest);
}

Task<std::optional<std::string>> NameRelay::answerTo(std::string message, Address guest, bool stream) {
  const auto question = readQuestion(message);
  const auto who = gateway_.guestAt(guest);
  if (!question || !who) co_return std::nullopt;
  onQuestion_(guest, question->name);
  if (who->onlyNamed && !link::namesReach(who->names, question->name)) co_return refuse(message, Refusal::NoSuchName);
  auto answer = co_await askServers(message, stream);
  if (!answer) co_return refuse(message, Refusal::Failed);
  if (!who->onlyNamed) co_return answer;
  auto admitted = co_await work_.runResult([this, guest, named = addressesIn(*answer)] { return gateway_.admit(guest, named); });
  if (admitted) co_return answer;
  log::warning("network.name_not_admitted", {{"message", admitted.error().message}});
  co_return refuse(message, Refusal::Failed);
}

Task<std::optional<std::string>> NameRelay::askServers(std::string message, bool stream) {
  const auto text = machine::readFile(resolvConf_).value_or("");
  for (const auto& server : serversIn(text)) {
    boost::system::error_code fault;
    const auto address = asio::ip::make_address(server, fault);
    if (fault) continue;
    auto answer = stream ? co_await askByStream(executor_, address, message) : co_await askByDatagram(executor_, address, message);
    if (answer) co_return answer;
  }
  co_return std::nullopt;
}

}  // namespace allmende::network
