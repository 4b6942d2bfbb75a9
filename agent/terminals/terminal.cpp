#include "agent/terminals/terminal.h"

#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>

#include "agent/terminals/pty.h"
#include "lib/base/id.h"
#include "lib/base/log.h"

namespace allmende::terminals {
namespace {

constexpr std::string_view kMark = "ALLMENDE_TERMINAL_ID";
constexpr std::size_t kReplay = 128U << 10U;      // bytes of output at least, for who comes later
constexpr std::size_t kMostUnread = 64U << 10U;   // less than that, so that the client that is furthest misses nothing
constexpr std::size_t kMostAtOnce = 256U << 10U;  // the whole replay is one message, as clients expect
constexpr std::size_t kMostInput = 64U << 10U;
constexpr Size kFirstSize{24, 80};
constexpr Duration kPatienceToHangUp{500};
constexpr Duration kPatienceForRest{1'000};
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

std::string skippedNote(std::uint64_t bytes) {
  return fmt::format("\r\n[{:.1f} kB of output skipped]\r\n", static_cast<double>(bytes) / 1e3);
}

std::string shellOf(const TerminalsSettings& settings, const std::map<std::string, std::string>& environment) {
  if (!settings.shell.empty()) return settings.shell;
  const auto named = environment.find("SHELL");
  for (const std::string& shell : {named == environment.end() ? std::string{} : named->second, std::string("/bin/bash")}) {
    if (!shell.empty() && ::access(shell.c_str(), X_OK) == 0) return shell;
  }
  return "/bin/sh";
}

std::string folderOf(const std::filesystem::path& content, std::string_view wanted) {
  std::error_code error;
  if (wanted.starts_with('/') && std::filesystem::is_directory(wanted, error)) return std::string(wanted);
  return processes::nearestFolder(content, wanted).string();
}

}  // namespace

Terminal::Terminal(House& house, std::string name)
    : house_(house),
      name_(std::move(name)),
      id_(randomUuid()),
      lastActivity_(house.clock.now()),
      pty_(house.executor),
      scrollback_(kReplay),
      changed_(house.executor),
      scope_(house.executor) {}

Result<> Terminal::begin(std::string_view folder) {
  TRY(const auto pty, openPty(house_.processes.user()));
  pty_.assign(pty.master);
  setSize(pty.master, kFirstSize);
  processes::Program program{.environment = processes::personsEnvironment(house_.settings.python),
      .directory = folderOf(house_.settings.content, folder),
      .terminal = pty.slave};
  program.environment["TERM"] = "xterm-256color";
  program.environment["COLORTERM"] = "truecolor";
  program.environment[std::string(kMark)] = id_;
  program.argv = {shellOf(house_.settings, program.environment)};
  auto started = during("starting the shell", house_.processes.start(std::move(program)));
  ::close(pty.slave);
  TRY(process_, std::move(started));
  scope_.spawn("terminal's output", hear());
  scope_.spawn("terminal's input", type());
  log::info("terminal.started", {{"terminal", name_}, {"pid", process_->pid()}});
  return {};
}

Task<> Terminal::live() {
  const auto how = co_await process_->wait();
  ended_ = true;
  changed_.notifyAll();
  co_await house_.processes.killAll(fmt::format("{}={}", kMark, id_), process_->pid());
  const auto end = house_.clock.sinceStart() + kPatienceForRest;
  while (!silent_ && house_.clock.sinceStart() < end) co_await changed_.waitFor(end - house_.clock.sinceStart());
  co_await scope_.close();
  over_ = true;
  changed_.notifyAll();
  log::info("terminal.ended", {{"terminal", name_}, {"how", how.describe()}});
}

Task<> Terminal::hangUp() {
  process_->signalGroup(SIGHUP);
  process_->signalGroup(SIGCONT);
  if (!co_await process_->endsWithin(kPatienceToHangUp)) process_->signalGroup(SIGKILL);
}

Task<> Terminal::over() {
  while (!over_) co_await changed_.wait();
}

TerminalModel Terminal::model() {
  // The group in front is the shell's own while nothing else runs.
  const auto inFront = ended_ ? -1 : ::tcgetpgrp(pty_.native_handle());
  return {.name = name_, .lastActivity = lastActivity_, .busy = inFront > 0 && inFront != process_->pid()};
}

// ---- the pty ----

bool Terminal::mayHear() const {
  if (ended_ || clients_.empty()) return true;
  const auto furthest = std::ranges::max(clients_, {}, [](const auto& client) { return client->at; });
  return scrollback_.end() - furthest->at < kMostUnread;
}

Task<> Terminal::hear() {
  std::array<char, 4096> piece{};
  for (;;) {
    while (!mayHear()) co_await changed_.wait();
    const auto [error, size] = co_await pty_.async_read_some(asio::buffer(piece), kAsTuple);
    if (error) break;  // nobody holds its other side any more
    scrollback_.append(decoder_.take({piece.data(), size}));
    lastActivity_ = house_.clock.now();
    changed_.notifyAll();
  }
  silent_ = true;
  changed_.notifyAll();
}

Task<> Terminal::type() {
  for (;;) {
    if (input_.empty()) {
      co_await changed_.wait();
      continue;
    }
    const auto piece = input_.substr(0, 4096);
    const auto [error, size] = co_await pty_.async_write_some(asio::buffer(piece), kAsTuple);
    if (error) co_return;
    input_.erase(0, size);
    changed_.notifyAll();
  }
}

// A program sees the smallest of its viewers' sizes, so that all of them see all of it.
void Terminal::fit() {
  std::optional<Size> least;
  for (const auto& client : clients_) {
    if (!client->size) continue;
    least = !least ? *client->size : Size{std::min(least->rows, client->size->rows), std::min(least->columns, client->size->columns)};
  }
  if (least && pty_.is_open()) setSize(pty_.native_handle(), *least);
}

// ---- clients ----

// A client's place in the list, for as long as its coroutine lives, however that ends.
class Terminal::Joined {
 public:
  Joined(Terminal& terminal, std::shared_ptr<Client> client)
      : terminal_(terminal), at_(terminal.clients_.insert(terminal.clients_.end(), std::move(client))) {}
  Joined(const Joined&) = delete;
  Joined& operator=(const Joined&) = delete;
  ~Joined() {
    terminal_.clients_.erase(at_);
    terminal_.fit();
    terminal_.changed_.notifyAll();
  }

 private:
  Terminal& terminal_;
  std::list<std::shared_ptr<Client>>::iterator at_;
};

Task<> Terminal::serve(std::shared_ptr<net::WebSocket> socket) {
  const auto client = std::make_shared<Client>(socket, scrollback_.begin(), std::nullopt);
  const Joined joined(*this, client);
  TaskScope showing(house_.executor);
  showing.spawn("terminal socket, writing", show(shared_from_this(), client));
  co_await listen(client);
  co_await showing.close();
}

Task<> Terminal::listen(std::shared_ptr<Client> client) {
  for (;;) {
    const auto frame = co_await client->socket->read();
    if (!frame) co_return;
    auto message = readMessage(frame->bytes);
    if (!message) co_return co_await client->socket->close(1002, message.error().message);
    if (auto* typed = std::get_if<Typed>(&*message)) co_await enter(std::move(typed->text));
    if (const auto* resized = std::get_if<Resized>(&*message)) {
      client->size = resized->size == Size{} ? std::nullopt : std::optional(resized->size);
      fit();
    }
  }
}

Task<> Terminal::enter(std::string text) {
  while (input_.size() > kMostInput && !ended_) co_await changed_.wait();
  if (ended_) co_return;
  input_ += text;
  lastActivity_ = house_.clock.now();
  changed_.notifyAll();
}

// Keeps the terminal: cancelled, it ends a moment after the client's other task.
Task<> Terminal::show(std::shared_ptr<Terminal> terminal, std::shared_ptr<Client> client) {
  const auto& socket = client->socket;
  auto written = co_await socket->write({setupMessage(), false});
  while (written) {
    auto piece = terminal->scrollback_.read(client->at, kMostAtOnce);
    if (!piece.text.empty()) {
      if (piece.skipped > 0) piece.text.insert(0, skippedNote(piece.skipped));
      written = co_await socket->write({outputMessage(piece.text), false});
      client->at = piece.end;
      terminal->changed_.notifyAll();  // there may be room for more
    } else if (terminal->over_) {
      if (co_await socket->write({endMessage(), false})) co_await socket->close(1000, "the shell has ended");
      co_return;
    } else {
      co_await terminal->changed_.wait();
    }
  }
}

}  // namespace allmende::terminals
