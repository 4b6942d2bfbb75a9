#include "agent/kernels/kernel.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>

#include "agent/kernels/death.h"
#include "agent/kernels/launch.h"
#include "lib/base/id.h"
#include "lib/base/log.h"

namespace allmende::kernels {
namespace {

constexpr Duration kPatienceToAnswer{60'000};
constexpr Duration kPatienceToShutDown{2'000};
constexpr Duration kPatienceToTerminate{1'000};
constexpr Duration kPatienceToSettle{1'000};
constexpr Duration kPatienceForRest{1'000};
constexpr std::size_t kMostKeptWords = 4096;
constexpr Duration kPatienceToEndItself{10'000};
constexpr std::size_t kMostQuestions = 16'384;
constexpr std::size_t kLongestMessageId = 256;

// Message types that say nothing about a person at work; stock Jupyter's list.
bool isTracked(std::string_view type) {
  constexpr std::array<std::string_view, 21> kUntracked{"comm_info_request", "comm_info_reply", "kernel_info_request", "kernel_info_reply",
      "shutdown_request", "shutdown_reply", "interrupt_request", "interrupt_reply", "debug_request", "debug_reply", "stream",
      "display_data", "update_display_data", "execute_input", "execute_result", "error", "status", "clear_output", "debug_event",
      "input_request", "input_reply"};
  return !type.empty() && std::ranges::find(kUntracked, type) == kUntracked.end();
}

}  // namespace

void Questions::put(std::string messageId, std::string session) {
  if (messageId.empty() || messageId.size() > kLongestMessageId) return;  // its session is in the answer's parent header too
  if (order_.size() >= kMostQuestions) {
    sessions_.erase(order_.front());
    order_.pop_front();
  }
  order_.push_back(messageId);
  sessions_.insert_or_assign(std::move(messageId), std::move(session));
}

std::string_view Questions::whoAsked(const std::string& messageId) const {
  const auto found = sessions_.find(messageId);
  return found == sessions_.end() ? std::string_view{} : found->second;
}

void Questions::clear() {
  sessions_.clear();
  order_.clear();
}

Kernel::Kernel(House& house, jupyter::Kernelspec spec, KernelDemand demand)
    : house_(house),
      spec_(std::move(spec)),
      demand_(std::move(demand)),
      session_(randomUuid()),
      lastActivity_(house.clock.now()),
      journal_(house.executor, house.settings.spool, session_),
      changed_(house.executor),
      scope_(house.executor) {
  connection_ = {house.settings.run.string(), demand_.id, randomHex(32), spec_.name};
}

Result<> Kernel::begin() {
  TRY(launch());
  alive_ = true;
  scope_.spawn("kernel", live());
  scope_.spawn("kernel's requests", deliver());
  return {};
}

bool Kernel::suits(const KernelDemand& demand) const {
  return alive_ && state_ != State::Dead && timesReady_ <= 1 && sockets_.empty() && demand.name == demand_.name &&
         demand.environment.empty();
}

// The process has the environment of a kernel for no notebook, and stands where such a one does: it is told what is otherwise.
void Kernel::give(KernelDemand demand) {
  const auto before = programOf(house_.settings, spec_, demand_, "");
  demand_ = std::move(demand);
  lastActivity_ = house_.clock.now();
  const auto now = programOf(house_.settings, spec_, demand_, "");
  log::info("kernel.given", {{"kernel", demand_.id}, {"pid", process_->pid()}});
  if (spec_.language != "python") return;
  std::string code;
  const auto quoted = [](const std::string& text) { return json::serialize(json::string(text)); };
  for (const auto& [name, value] : now.environment) {
    if (name == kMark) continue;  // that of the process stays, as what it starts is found by it
    const auto had = before.environment.find(name);
    if (had == before.environment.end() || had->second != value)
      code += fmt::format("__import__('os').environ[{}] = {}\n", quoted(name), quoted(value));
  }
  if (now.directory != before.directory) code += fmt::format("__import__('os').chdir({})\n", quoted(now.directory));
  auto message = jupyter::makeMessage(jupyter::Channel::Shell, "execute_request", session_,
      json::serialize(json::object{{"code", code}, {"silent", true}, {"store_history", false}, {"user_expressions", json::object()},
          {"allow_stdin", false}, {"stop_on_error", false}}));
  outboxBytes_ += message.size();
  outbox_.push_front(std::move(message));
  changed_.notifyAll();
}

std::string Kernel::memoryFile() const { return fmt::format("{}/kernel-{}.memory", connection_.directory, connection_.id); }

void Kernel::removeSockets() {
  for (const auto& socket : connection_.sockets()) ::unlink(socket.c_str());
}

Result<> Kernel::launch() {
  const auto file = fmt::format("{}/kernel-{}.json", connection_.directory, connection_.id);
  ::unlink(memoryFile().c_str());  // of the process before
  TRY(writeConnectionFile(file, connection_.json(), house_.processes.user()));
  removeSockets();  // of the process before: nobody answers there any more
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
    return fail(Code::Unavailable, "no descriptors are left for another kernel; shut some down");
  ::fcntl(ends[1], F_SETFL, 0);
  auto program = programOf(house_.settings, spec_, demand_, file);
  program.output = ends[1];
  auto started = house_.processes.start(std::move(program));
  ::close(ends[1]);
  if (!started) {
    ::close(ends[0]);
    return during(fmt::format("starting the kernel '{}'", spec_.name), Result<>(std::unexpected(std::move(started).error())));
  }
  process_ = *std::move(started);
  mark_ = fmt::format("{}={}", kMark, demand_.id);
  startedAt_ = house_.clock.sinceStart();
  oomKills_ = countOomKills();
  lastWords_.clear();
  fault_.clear();
  wires_ = std::make_shared<Wires>(house_.executor, connection_, [this](Wires::Heard heard) { hear(std::move(heard)); });
  ofProcess_ = std::make_unique<TaskScope>(house_.executor);
  ofProcess_->spawn("kernel's own output", listen(ends[0]));
  ofProcess_->spawn("kernel's first answer", becomeReady());
  log::info("kernel.started", {{"kernel", demand_.id}, {"name", spec_.name}, {"pid", process_->pid()}});
  return {};
}

// One process after another, until somebody wants an end.
Task<> Kernel::live() {
  while (wish_ != Wish::Stop) {
    co_await process_->wait();
    const bool hadAnswered = ready_;
    const auto why = co_await bury();
    if (wish_ == Wish::None) {
      reason_ = why;
      log::warning("kernel.died", {{"kernel", demand_.id}, {"reason", why}});
      // One that never answered would not answer the next time either.
      const bool again = timesReady_ > 0 && budget_.allows(hadAnswered ? house_.clock.sinceStart() - startedAt_ : Duration{0});
      tell(again ? State::Restarting : State::Dead);
    }
    co_await rise();
  }
  alive_ = false;
  changed_.notifyAll();
}

// Starts the next process, as soon as one is wanted. Returns without when an end is.
Task<> Kernel::rise() {
  for (;;) {
    while (state_ == State::Dead && wish_ == Wish::None) co_await changed_.wait();
    if (wish_ == Wish::Stop) co_return;
    if (std::exchange(wish_, Wish::None) == Wish::Restart) {
      reason_.reset();
      tell(State::Restarting);
    }
    const auto launched = launch();
    if (launched) co_return;
    reason_ = launched.error().message;
    tell(State::Dead);
  }
}

// The process has ended: hears the rest of what it said, ends what it left behind. Returns why it died.
Task<std::string> Kernel::bury() {
  co_await wires_->drained(kPatienceForRest);
  ready_ = false;
  co_await house_.processes.killAll(mark_, process_->pid());
  co_await ofProcess_->close();
  co_await wires_->close();
  questions_.clear();
  busyWith_.clear();
  co_return explain({*process_->ended(), oomKills_, countOomKills(), lastWords_, fault_, readBiggest(memoryFile())});
}

Task<> Kernel::becomeReady() {
  const auto opened = co_await wires_->open(kPatienceToAnswer);
  if (!opened) {
    if (co_await process_->endsWithin(kPatienceForRest)) co_return;  // it hung up because it dies
    fault_ = opened.error().message;
    process_->signalGroup(SIGKILL);
    co_return;
  }
  ready_ = true;
  if (house_.settings.answered) house_.settings.answered(process_->pid());
  ++timesReady_;
  if (state_ != State::Busy) state_ = State::Idle;
  changed_.notifyAll();
  co_await watch();
}

// A kernel that we hear no more would seem to compute for ever: it is ended, unless it ends itself.
Task<> Kernel::watch() {
  const auto why = co_await wires_->broken();
  const bool hungUp = why.code == Code::Unavailable;  // the first thing that one does who ends
  if (co_await process_->endsWithin(hungUp ? kPatienceToEndItself : kPatienceForRest) || wish_ != Wish::None) co_return;
  fault_ = why.message;
  process_->signalGroup(SIGKILL);
}

// What the process prints past its protocol: kept for the case that it dies.
Task<> Kernel::listen(int output) {
  asio::posix::stream_descriptor descriptor(house_.executor, output);
  std::array<char, 1024> piece{};
  for (;;) {
    const auto [error, size] = co_await descriptor.async_read_some(asio::buffer(piece), asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
    lastWords_.append(piece.data(), size);
    if (lastWords_.size() > 2 * kMostKeptWords) lastWords_.erase(0, lastWords_.size() - kMostKeptWords);
  }
}

// The ladder: asked, told, ended.
Task<> Kernel::askToEnd(bool restart) {
  if (process_->ended()) co_return;
  if (ready_) {
    const auto asked = wires_->ask(jupyter::Channel::Control, "shutdown_request", json::serialize(json::object{{"restart", restart}}));
    if (asked && co_await process_->endsWithin(kPatienceToShutDown)) co_return;
  }
  process_->signalGroup(SIGTERM);
  if (co_await process_->endsWithin(kPatienceToTerminate)) co_return;
  process_->signalGroup(SIGKILL);
  co_await process_->wait();
}

Task<> Kernel::stop() {
  wish_ = Wish::Stop;
  changed_.notifyAll();
  co_await askToEnd(false);
  while (alive_) co_await changed_.wait();
  co_await closeSockets();
  co_await scope_.close();
  ::unlink(fmt::format("{}/kernel-{}.json", connection_.directory, connection_.id).c_str());
  ::unlink(memoryFile().c_str());
  removeSockets();
  log::info("kernel.ended", {{"kernel", demand_.id}});
}

Result<> Kernel::interrupt() {
  if (state_ == State::Dead) return fail(Code::Conflict, "the kernel is dead: {} Restart it.", reason_.value_or(""));
  if (!ready_) return {};  // it does nothing yet; a signal would end its start
  if (spec_.interruptByMessage) {
    TRY(wires_->ask(jupyter::Channel::Control, "interrupt_request", "{}"));
    return {};
  }
  process_->signalGroup(SIGINT);
  return {};
}

Task<Result<>> Kernel::restart() {
  const auto before = timesReady_;
  if (wish_ == Wish::None) {
    wish_ = Wish::Restart;
    state_ = State::Restarting;
    budget_ = {};
    clearOutbox();  // what was asked of the old process is not asked of the new one
    changed_.notifyAll();
    co_await askToEnd(true);
  }
  const auto end = house_.clock.sinceStart() + kPatienceToAnswer;
  while (timesReady_ == before && state_ != State::Dead && wish_ != Wish::Stop && house_.clock.sinceStart() < end)
    co_await changed_.waitFor(end - house_.clock.sinceStart());
  if (wish_ == Wish::Stop) co_return fail(Code::NotFound, "Kernel does not exist: {}", demand_.id);
  if (state_ == State::Dead) co_return fail(Code::Unavailable, "the kernel died at its restart. {}", reason_.value_or(""));
  if (timesReady_ == before) co_return fail(Code::TimedOut, "the kernel did not answer within 60 s of its restart");
  co_await settle();
  co_return Result<>{};
}

// What clients asked of the new process meanwhile is answered. Stock clients connect anew once a restart is answered, and would miss what
// is on its way to them then.
Task<> Kernel::settle() {
  const auto end = house_.clock.sinceStart() + kPatienceToSettle;
  while ((!outbox_.empty() || delivering_) && house_.clock.sinceStart() < end) co_await changed_.waitFor(end - house_.clock.sinceStart());
  const auto wires = wires_;
  if (ready_) co_await wires->settled(end - house_.clock.sinceStart());
}

KernelModel Kernel::model() const {
  constexpr std::array<std::string_view, 5> kNames{"starting", "idle", "busy", "restarting", "dead"};
  return {demand_.id, spec_.name, lastActivity_, std::string(kNames.at(static_cast<std::size_t>(state_))), sockets_.size(), reason_};
}

// Says what stock servers say for a kernel that cannot; the reason is ours.
void Kernel::tell(State state) {
  state_ = state;
  json::object content{{"execution_state", state == State::Dead ? "dead" : "restarting"}};
  if (reason_) content["reason"] = *reason_;
  auto message = jupyter::makeMessage(jupyter::Channel::Iopub, "status", session_, json::serialize(content));
  const auto header = jupyter::readHeader(message.header);
  journal_.append(std::move(message), header, {});
  if (state == State::Dead) clearOutbox();
  changed_.notifyAll();
}

void Kernel::hear(Wires::Heard heard) {
  noteActivity(heard);
  if (heard.message.channel == jupyter::Channel::Iopub) {
    journal_.append(std::move(heard.message), heard.header, heard.parent);
    return;
  }
  const auto asked = questions_.whoAsked(heard.parent.id);
  const std::string session(asked.empty() ? std::string_view(heard.parent.session) : asked);
  if (heard.message.channel != jupyter::Channel::Stdin) questions_.answered(heard.parent.id);
  journal_.appendFor(session, std::move(heard.message));
}

void Kernel::noteActivity(const Wires::Heard& heard) {
  if (isTracked(heard.header.type) || isTracked(heard.parent.type) || state_ == State::Busy) lastActivity_ = house_.clock.now();
  if (!ready_ || !isTracked(heard.parent.type)) return;
  const auto state = jupyter::stateToldBy(heard.header, heard.message);
  if (state.empty()) return;
  // Several at once: requests on control and on subshells come and go while a cell runs.
  if (state == "busy" && busyWith_.size() < kMostQuestions && heard.parent.id.size() <= kLongestMessageId)
    busyWith_.insert(heard.parent.id);
  if (state == "idle") busyWith_.erase(heard.parent.id);
  state_ = busyWith_.empty() ? State::Idle : State::Busy;
}

void Kernel::noteRequest(const jupyter::Header& header, std::string session) {
  questions_.put(header.id, std::move(session));
  if (isTracked(header.type)) lastActivity_ = house_.clock.now();
}

}  // namespace allmende::kernels
