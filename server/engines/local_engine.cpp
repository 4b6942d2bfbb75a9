// Sandboxes on this machine: what the node runs, and what of it we have named to those above.

#include <boost/asio/this_coro.hpp>
#include <unordered_map>
#include <unordered_set>

#include "lib/base/log.h"
#include "server/engines/engines.h"
#include "server/engines/node_link.h"

namespace allmende::engines {
namespace {

constexpr Duration kStartPatience = 60s;
constexpr Duration kStopPatience = 30s;  // beyond the grace
constexpr Duration kLookPatience = 15s;
constexpr Duration kConnectPatience = 5s;
constexpr Duration kFirstPause = 100ms;
constexpr Duration kLongestPause = 5s;
constexpr Duration kUndoPause = 5s;
constexpr int kUndoTries = 12;

EndReason reasonNamed(std::string_view name) {
  for (const auto reason : {EndReason::Stopped, EndReason::Lifetime, EndReason::OutOfMemory, EndReason::Exited, EndReason::Killed}) {
    if (nameOf(reason) == name) return reason;
  }
  return EndReason::EngineGone;  // "node_stopped", and what a newer node may say
}

Result<RunningRuntime> runningOf(const link::Runtime& runtime) {
  if (!runtime.socket.starts_with('/'))
    return fail(Code::Unavailable, "allmende-node named '{}' as the agent's socket, which is no path", runtime.socket.substr(0, 200));
  return RunningRuntime{.id = runtime.id,
      .owner = runtime.owner,
      .agent = net::UnixEndpoint{.path = runtime.socket},
      .limits = runtime.limits,
      .startedAt = Instant{Duration{runtime.startedAtMs}}};
}

class LocalEngine final : public Engine {
 public:
  LocalEngine(Executor executor, Clock& clock, std::string nodeSocket)
      : executor_(executor), clock_(clock), nodeSocket_(std::move(nodeSocket)), scope_(executor) {}

  Task<Result<RunningRuntime>> start(RuntimeDemand demand) override;
  Task<Result<>> stop(RuntimeId id, Duration grace) override;
  Task<Result<std::vector<RunningRuntime>>> list() override;
  Task<Result<Usage>> usage(RuntimeId id) override;
  Task<Result<std::vector<DeviceKind>>> listDevices() override;
  void observe(link::Observe what) override {
    observed_ = std::move(what);
    if (linked_) scope_.spawn("tell what to observe", tellWhatToObserve());
  }
  Task<Result<>> restrain(Restrain how) override;
  void onNews(std::function<void(const News&)> to) override { onNews_ = std::move(to); }
  void begin() override { scope_.spawn("link to the node", keepLinked()); }
  Task<> close() override;

 private:
  // While a start or a list waits for its answer, ends of runtimes without a name are remembered: the answer may be older than they are.
  class Looking {
   public:
    explicit Looking(LocalEngine& engine) : engine_(engine) { ++engine_.looking_; }
    Looking(const Looking&) = delete;
    Looking& operator=(const Looking&) = delete;
    ~Looking() {
      if (--engine_.looking_ == 0) engine_.endedMeanwhile_.clear();
    }

   private:
    LocalEngine& engine_;
  };

  template <class T>
  Task<Result<T>> ask(link::AskBody body, Duration patience);
  Task<> keepLinked();
  Task<Error> linkOnce();
  Task<Result<>> compare();
  Task<> tellWhatToObserve();
  Task<> undo(RuntimeId id);
  void hear(const link::Event& event);
  void end(const RuntimeEnded& ended);
  void tell(const News& news);

  Executor executor_;
  Clock& clock_;
  std::string nodeSocket_;
  std::function<void(const News&)> onNews_;
  std::unordered_set<RuntimeId> named_;                        // by start() or list(), and not ended
  std::unordered_set<RuntimeId> undoing_;                      // failed starts that the node may carry out yet
  std::unordered_map<RuntimeId, std::string> endedMeanwhile_;  // with the sentence; empty when nobody looks
  int looking_ = 0;
  std::optional<link::Observe> observed_;
  std::unique_ptr<NodeLink> link_;
  bool linked_ = false;               // greeted and compared: the link takes asks
  std::optional<std::string> fault_;  // the last one told
  bool closed_ = false;
  TaskScope scope_;
};

// ---- asking ----

template <class T>
Task<Result<T>> LocalEngine::ask(link::AskBody body, Duration patience) {
  struct Reply {
    explicit Reply(Executor executor) : came(std::move(executor)) {}
    std::optional<Result<json::value>> body;
    Notifier came;
  };
  if (!link_) co_return fail(Code::Unavailable, "{}", fault_.value_or("the server has not reached allmende-node yet"));
  const auto reply = std::make_shared<Reply>(executor_);  // outlives an asker that was cancelled
  link_->ask(std::move(body), patience, [reply](Result<json::value> answer) {
    reply->body = std::move(answer);
    reply->came.notifyAll();
  });
  while (!reply->body && !closed_) co_await reply->came.wait();
  if (!reply->body) co_return fail(Code::Unavailable, "the server is stopping; try again in a moment");
  if (!*reply->body) co_return std::unexpected(std::move(*reply->body).error());
  T value;
  if (auto read = fromJson(**reply->body, value, "its answer"); !read)
    co_return fail(Code::Unavailable, "allmende-node gave an answer that cannot be used: {}", read.error().message);
  co_return value;
}

Task<Result<RunningRuntime>> LocalEngine::start(RuntimeDemand demand) {
  if (!linked_) co_return fail(Code::Unavailable, "{}", fault_.value_or("the server has not reached allmende-node yet"));
  const Looking looking(*this);
  const auto id = demand.id;
  auto started = co_await ask<link::Runtime>(link::StartRuntime{.id = id,
                                                 .owner = std::move(demand.owner),
                                                 .python = std::move(demand.python),
                                                 .drive = std::move(demand.drive),
                                                 .ready = demand.ready,
                                                 .limits = demand.limits},
      kStartPatience);
  auto running = started ? runningOf(*started) : std::unexpected(std::move(started).error());
  if (running && running->id != id)
    running = fail(Code::Unavailable, "allmende-node started {} instead of {}", running->id.text(), id.text());
  if (!running) {
    const auto code = running.error().code;
    if (code == Code::TimedOut || code == Code::Unavailable) scope_.spawn("undo start", undo(id));
    co_return running;
  }
  if (const auto ended = endedMeanwhile_.find(id); ended != endedMeanwhile_.end())
    co_return fail(Code::Unavailable, "the runtime ended at once: {}", ended->second);
  named_.insert(id);
  co_return running;
}

// Until the node has stopped it or has said often enough that it does not run.
Task<> LocalEngine::undo(RuntimeId id) {
  undoing_.insert(id);
  for (int tries = 0; tries < kUndoTries && !closed_; ++tries) {
    if (linked_) {
      const auto stopped = co_await ask<link::RuntimeEnded>(link::StopRuntime{.id = id, .graceMs = 0}, kStopPatience);
      if (stopped) break;
    }
    co_await clock_.sleep(kUndoPause);
  }
  undoing_.erase(id);
}

Task<Result<>> LocalEngine::stop(RuntimeId id, Duration grace) {
  auto stopped = co_await ask<link::RuntimeEnded>(link::StopRuntime{.id = id, .graceMs = grace.count()}, grace + kStopPatience);
  if (!stopped) co_return std::unexpected(std::move(stopped).error());
  hear(*stopped);  // its event may be lost with the link
  co_return Result<>{};
}

Task<Result<std::vector<RunningRuntime>>> LocalEngine::list() {
  const Looking looking(*this);
  CO_TRY(const auto listed, co_await ask<link::Runtimes>(link::ListRuntimes{}, kLookPatience));
  std::vector<RunningRuntime> all;
  for (const auto& runtime : listed.runtimes) {
    if (endedMeanwhile_.contains(runtime.id) || undoing_.contains(runtime.id)) continue;
    CO_TRY(auto running, runningOf(runtime));
    named_.insert(running.id);
    all.push_back(std::move(running));
  }
  co_return all;
}

Task<Result<Usage>> LocalEngine::usage(RuntimeId id) { return ask<Usage>(link::ReadUsage{.id = std::move(id)}, kLookPatience); }

Task<Result<std::vector<DeviceKind>>> LocalEngine::listDevices() {
  CO_TRY(auto devices, co_await ask<link::Devices>(link::ListDevices{}, kLookPatience));
  co_return std::move(devices.kinds);
}

// ---- the link ----

Task<> LocalEngine::keepLinked() {
  // Cancelled means: every wait ends, and the link is put away in order all the same.
  co_await asio::this_coro::throw_if_cancelled(false);
  auto pause = kFirstPause;
  while (!closed_) {
    const auto error = co_await linkOnce();
    if (std::exchange(linked_, false)) pause = kFirstPause;
    link_.reset();
    co_await asio::this_coro::reset_cancellation_state();  // putting a scope away had switched it off
    if (closed_) co_return;
    tell(EngineUnreachable{fmt::format("allmende-node cannot be used: {}; `allmende doctor` says what this machine lacks", error.message)});
    co_await clock_.sleep(pause);
    pause = std::min(pause * 2, kLongestPause);
  }
}

// One link from its beginning to its end; returns why it ended.
Task<Error> LocalEngine::linkOnce() {
  net::HttpClient client(executor_, net::UnixEndpoint{.path = nodeSocket_});
  auto socket = co_await client.openWebSocket("/link", {}, {}, kConnectPatience);
  if (!socket) co_return socket.error();
  link_ = std::make_unique<NodeLink>(executor_, clock_, *socket, [this](const link::Event& event) { hear(event); });
  if (closed_) co_await link_->close();
  auto opened = co_await link_->open();
  if (!opened) co_return std::move(opened).error();
  if (auto compared = co_await compare(); !compared) {
    co_await link_->close();
    static_cast<void>(co_await link_->ended());
    co_return std::move(compared).error();
  }
  linked_ = true;
  tell(EngineReachable{});
  co_await tellWhatToObserve();
  co_return co_await link_->ended();
}

// What we have named and the node does not know any more has ended while we could not hear of it.
Task<Result<>> LocalEngine::compare() {
  CO_TRY(const auto listed, co_await ask<link::Runtimes>(link::ListRuntimes{}, kLookPatience));
  auto lost = named_;
  for (const auto& runtime : listed.runtimes) lost.erase(runtime.id);
  for (const auto& id : lost)
    end({.id = id,
        .reason = EndReason::EngineGone,
        .sentence = "The runtime was lost: the program that held it, allmende-node, restarted."});
  co_return Result<>{};
}

Task<> LocalEngine::tellWhatToObserve() {
  if (!observed_) co_return;
  const auto told = co_await ask<link::Done>(*observed_, kLookPatience);
  if (!told) log::warning("node.does_not_observe", {{"error", told.error().message}});
}

Task<Result<>> LocalEngine::restrain(Restrain how) {
  CO_TRY(co_await ask<link::Done>(std::move(how), kLookPatience));
  co_return Result<>{};
}

Task<> LocalEngine::close() {
  closed_ = true;
  if (link_) co_await link_->close();
  co_await scope_.close();
}

// ---- news ----

void LocalEngine::hear(const link::Event& event) {
  if (const auto* ranOut = std::get_if<link::MemoryRanOut>(&event)) {
    if (named_.contains(ranOut->id)) tell(*ranOut);
    return;
  }
  if (const auto* observed = std::get_if<link::Observed>(&event)) {
    if (named_.contains(observed->id)) tell(*observed);
    return;
  }
  const auto& ended = std::get<link::RuntimeEnded>(event);
  if (looking_ > 0 && !named_.contains(ended.id)) endedMeanwhile_.emplace(ended.id, ended.sentence);
  end({.id = ended.id,
      .reason = reasonNamed(ended.reason),
      .sentence = ended.sentence,
      .memoryPeakBytes = ended.memoryPeakBytes,
      .cpuSeconds = ended.cpuSeconds});
}

void LocalEngine::end(const RuntimeEnded& ended) {
  if (named_.erase(ended.id) > 0) tell(ended);
}

void LocalEngine::tell(const News& news) {
  const auto* unreachable = std::get_if<EngineUnreachable>(&news);
  if (unreachable != nullptr && fault_ == unreachable->sentence) return;
  if (unreachable != nullptr) {
    fault_ = unreachable->sentence;
    log::warning("node.lost", {{"reason", *fault_}});
  } else if (std::holds_alternative<EngineReachable>(news)) {
    fault_.reset();
  }
  if (onNews_) onNews_(news);
}

}  // namespace

std::unique_ptr<Engine> makeLocalEngine(Executor executor, Clock& clock, std::string nodeSocket) {
  return std::make_unique<LocalEngine>(std::move(executor), clock, std::move(nodeSocket));
}

}  // namespace allmende::engines
