#include "agent/ports/ports.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

namespace allmende::ports {
namespace {

namespace fs = std::filesystem;

constexpr Duration kPatience{5'000};
constexpr std::size_t kPiece = 64U << 10U;
constexpr std::size_t kLongestCommand = 120;
constexpr std::string_view kListens = "0A";  // TCP_LISTEN, as in include/net/tcp_states.h

std::string readAll(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string_view> wordsIn(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const auto end = std::min(line.find(' '), line.size());
    if (end > 0) words.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

template <class T>
bool read(std::string_view text, T& to, int base) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to, base);
  return error == std::errc{} && end == text.data() + text.size();
}

std::string commandOf(const fs::path& process) {
  auto command = readAll(process / "cmdline");
  while (command.ends_with('\0')) command.pop_back();
  std::ranges::replace_if(command, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; }, ' ');
  if (command.size() > kLongestCommand) command.resize(kLongestCommand);
  return net::isUtf8(command) ? command : std::string();
}

std::vector<ListeningSocket> allSockets() {
  auto sockets = listeningSocketsIn(readAll("/proc/net/tcp"));
  std::ranges::copy(listeningSocketsIn(readAll("/proc/net/tcp6")), std::back_inserter(sockets));
  return sockets;
}

// Those of these sockets that a process holds.
std::vector<std::uint64_t> heldBy(const fs::path& process, const std::vector<ListeningSocket>& sockets) {
  std::vector<std::uint64_t> held;
  std::error_code unseen;
  for (const auto& descriptor : fs::directory_iterator(process / "fd", unseen)) {
    const auto target = fs::read_symlink(descriptor.path(), unseen).string();
    const auto isIt = [&](const auto& one) { return target == fmt::format("socket:[{}]", one.inode); };
    const auto found = std::ranges::find_if(sockets, isIt);
    if (found != sockets.end()) held.push_back(found->inode);
  }
  return held;
}

// Command lines of those who hold one of these sockets.
std::map<std::uint64_t, std::string> holdersOf(const std::vector<ListeningSocket>& sockets) {
  std::map<std::uint64_t, std::string> holders;
  std::error_code ignored;
  for (const auto& process : fs::directory_iterator("/proc", ignored)) {
    if (process.path().filename().string().find_first_not_of("0123456789") != std::string::npos) continue;
    for (const auto inode : heldBy(process.path(), sockets)) holders.try_emplace(inode, commandOf(process.path()));
  }
  return holders;
}

std::vector<Listening> listedFrom(const std::vector<ListeningSocket>& sockets) {
  const auto holders = holdersOf(sockets);
  std::map<std::uint16_t, std::string> programs;
  for (const auto& socket : sockets) {
    const auto holder = holders.find(socket.inode);
    auto& program = programs[socket.port];
    if (program.empty() && holder != holders.end()) program = holder->second;
  }
  std::vector<Listening> all;
  for (auto& [port, program] : programs) all.push_back({port, std::move(program)});
  return all;
}

Task<> toApp(std::shared_ptr<net::WebSocket> client, std::shared_ptr<net::Stream> app) {
  for (;;) {
    const auto frame = co_await client->read();
    if (!frame || !co_await app->write({frame->bytes})) break;
  }
  app->abort();
}

}  // namespace

std::vector<ListeningSocket> listeningSocketsIn(std::string_view table) {
  std::vector<ListeningSocket> sockets;
  while (!table.empty()) {
    const auto end = std::min(table.find('\n'), table.size());
    const auto words = wordsIn(table.substr(0, end));  // number, local address:port, remote, state, …, inode as the tenth
    table.remove_prefix(std::min(end + 1, table.size()));
    ListeningSocket socket;
    if (words.size() < 10 || words[3] != kListens) continue;
    const auto colon = words[1].rfind(':');
    if (colon == std::string_view::npos || !read(words[1].substr(colon + 1), socket.port, 16) || !read(words[9], socket.inode, 10))
      continue;
    sockets.push_back(socket);
  }
  return sockets;
}

Task<Result<std::vector<Listening>>> Ports::list() {
  co_return co_await pool_.run([user = user_, leftOut = leftOut_] {
    const processes::ActingAs acting(user);
    auto sockets = allSockets();
    std::erase_if(sockets, [&](const auto& one) { return std::ranges::find(leftOut, one.inode) != leftOut.end(); });
    return listedFrom(sockets);
  });
}

void Ports::leaveOut(pid_t process) {
  const processes::ActingAs acting(user_);
  std::ranges::copy(heldBy(fs::path("/proc") / std::to_string(process), allSockets()), std::back_inserter(leftOut_));
  while (leftOut_.size() > kMostLeftOut) leftOut_.pop_front();
}

Task<Result<std::unique_ptr<net::Stream>>> dial(std::uint16_t port) {
  auto stream = co_await net::dial(net::TcpEndpoint{.host = "127.0.0.1", .port = port}, kPatience);
  if (!stream) stream = co_await net::dial(net::TcpEndpoint{.host = "::1", .port = port}, kPatience);
  if (!stream) co_return fail(Code::NotFound, "nothing listens at port {} of the runtime", port);
  co_return stream;
}

Task<> carry(std::shared_ptr<net::WebSocket> client, std::shared_ptr<net::Stream> app) {
  TaskScope inward(co_await asio::this_coro::executor);
  inward.spawn("to a web app", toApp(client, app));
  for (;;) {
    std::string piece(kPiece, '\0');
    const auto size = co_await app->readSome(piece);
    if (!size) break;
    piece.resize(*size);
    if (!co_await client->write({std::move(piece), true})) break;
  }
  app->abort();
  co_await client->close(1000, "");
  co_await inward.close();
}

}  // namespace allmende::ports
