#include "agent/processes/processes.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <csignal>
#include <cstring>
#include <unordered_map>

#include "agent/processes/start.h"
#include "lib/base/log.h"

namespace allmende::processes {
namespace {

// Whole small files of /proc; empty when the process is gone or not ours to see.
std::string readProc(pid_t pid, std::string_view name) {
  const int fd = ::open(fmt::format("/proc/{}/{}", pid, name).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  std::string text;
  char piece[8192];
  for (ssize_t got = 0; (got = ::read(fd, piece, sizeof piece)) > 0 && text.size() < (1U << 20U);)
    text.append(piece, static_cast<std::size_t>(got));
  ::close(fd);
  return text;
}

// Of "pid (name) state ppid pgrp session …"; the name may hold spaces and parentheses.
pid_t sessionIn(std::string_view stat) {
  const auto close = stat.rfind(')');
  if (close == std::string_view::npos) return -1;
  auto rest = stat.substr(close + 1);
  for (int field = 0; field < 4; ++field) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    if (field < 3) rest.remove_prefix(std::min(rest.find(' '), rest.size()));
  }
  pid_t session = -1;
  std::from_chars(rest.data(), rest.data() + rest.size(), session);
  return session;
}

bool carries(std::string_view environment, std::string_view mark) {
  for (std::size_t at = 0; (at = environment.find(mark, at)) != std::string_view::npos; at += mark.size()) {
    const bool begins = at == 0 || environment[at - 1] == '\0';
    const auto end = at + mark.size();
    if (begins && (end == environment.size() || environment[end] == '\0')) return true;
  }
  return false;
}

// One round: kills what belongs to them; returns how many.
std::size_t killRound(const User& user, std::string_view mark, pid_t leader) {
  std::vector<pid_t> found;
  {
    const ActingAs them(user);  // /proc shows a process's environment to its own user
    auto* folder = ::opendir("/proc");
    if (folder == nullptr) return 0;
    while (const auto* entry = ::readdir(folder)) {
      pid_t pid = 0;
      const std::string_view name(entry->d_name);
      const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
      if (error != std::errc{} || end != name.data() + name.size() || pid == ::getpid()) continue;
      const auto stat = readProc(pid, "stat");
      const auto close = stat.rfind(')');
      const bool gone = stat.empty() || (close != std::string::npos && stat.substr(close).starts_with(") Z"));
      if (!gone && (sessionIn(stat) == leader || carries(readProc(pid, "environ"), mark))) found.push_back(pid);
    }
    ::closedir(folder);
  }
  for (const auto pid : found) ::kill(pid, SIGKILL);
  return found.size();
}

void killAllNow(const User& user, const std::string& mark, pid_t leader) {
  constexpr int kMostRounds = 50;  // against somebody who forks as fast as we kill
  for (int round = 0; round < kMostRounds && killRound(user, mark, leader) > 0; ++round) ::usleep(2000);
}

}  // namespace

std::string Ended::describe() const {
  if (signal == 0) return fmt::format("exited with status {}", exitStatus);
  const auto* name = ::sigabbrev_np(signal);
  return fmt::format("was killed by signal {} (SIG{})", signal, name == nullptr ? "?" : name);
}

struct Process::State {
  State(Executor executor, pid_t id) : pid(id), changed(std::move(executor)) {}
  pid_t pid;
  std::optional<Ended> ended;
  Notifier changed;
};

Process::~Process() {
  if (!state_->ended) signalGroup(SIGKILL);
}

pid_t Process::pid() const { return state_->pid; }

const std::optional<Ended>& Process::ended() const { return state_->ended; }

Task<Ended> Process::wait() {
  auto state = state_;
  while (!state->ended) co_await state->changed.wait();
  co_return *state->ended;
}

Task<bool> Process::endsWithin(Duration patience) {
  auto state = state_;
  if (!state->ended) co_await state->changed.waitFor(patience);
  co_return state->ended.has_value();
}

void Process::signal(int number) const {
  if (!state_->ended) ::kill(state_->pid, number);
}

void Process::signalGroup(int number) const { ::kill(-state_->pid, number); }

struct Processes::Impl {
  Impl(Executor on, net::Pool& workers, User who) : executor(std::move(on)), pool(workers), user(who), signals(executor), scope(executor) {}

  Executor executor;
  net::Pool& pool;
  User user;
  std::unordered_map<pid_t, std::weak_ptr<Process::State>> running;
  asio::signal_set signals;
  TaskScope scope;

  Task<> reapAlways() {
    for (;;) {
      const auto [error, number] = co_await signals.async_wait(asio::as_tuple(asio::use_awaitable));
      if (error) co_return;
      reap();
    }
  }

  void reap() {
    int status = 0;
    for (;;) {
      const auto pid = ::waitpid(-1, &status, WNOHANG);
      if (pid <= 0) return;
      const auto found = running.find(pid);
      if (found == running.end()) continue;  // an orphan
      const auto process = found->second.lock();
      running.erase(found);
      if (!process) continue;
      process->ended = WIFSIGNALED(status) ? Ended{0, WTERMSIG(status)} : Ended{WEXITSTATUS(status), 0};
      process->changed.notifyAll();
    }
  }
};

Processes::Processes(Executor executor, net::Pool& pool, User user) : impl_(std::make_unique<Impl>(std::move(executor), pool, user)) {}
Processes::~Processes() = default;

void Processes::begin() {
  impl_->signals.add(SIGCHLD);
  impl_->scope.spawn("reaper", impl_->reapAlways());
}

Task<> Processes::stop() { return impl_->scope.close(); }

const User& Processes::user() const { return impl_->user; }

Result<std::unique_ptr<Process>> Processes::start(Program program) {
  TRY(const auto pid, startProgram(program, impl_->user));
  auto state = std::make_shared<Process::State>(impl_->executor, pid);
  impl_->running[pid] = state;
  return std::make_unique<Process>(std::move(state));
}

Task<> Processes::killAll(std::string mark, pid_t leader) {
  const auto user = impl_->user;
  const auto done = co_await impl_->pool.run([user, mark = std::move(mark), leader] { killAllNow(user, mark, leader); });
  if (!done) log::warning("leftovers.not_searched", {{"leader", leader}, {"message", done.error().message}});
}

}  // namespace allmende::processes
