#include "node/keeper.h"

#include <list>
#include <ranges>
#include <sstream>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "lib/base/log.h"
#include "node/kept.h"

namespace allmende::node {
namespace {

constexpr std::size_t kMostRuntimes = 1024;
constexpr std::int64_t kMostGraceMs = 60'000;
constexpr Duration kOwnGrace{2'000};       // when the lifetime is over or this program ends
constexpr Duration kLifetimeSweep{1'000};  // how exactly lifetimes are kept
constexpr Duration kMemoryPause{250};      // between two looks at a runtime that runs out of memory again and again
constexpr Duration kMemoryRecently{5'000};
constexpr Duration kDriveSweep{1'000};  // between two looks at whether a drive is to be measured
constexpr Duration kDrivePause{5'000};  // between two measurements, at least
constexpr double kComputing = 0.02;     // seconds of processor time below which nothing was written
constexpr std::int64_t kLeastSpare = std::int64_t{64} << 20;
constexpr int kMostTriesToClose = 10;
constexpr std::int64_t kMostReady = 16;
constexpr std::size_t kMostToldFaults = 100;

// A descriptor somebody else owns, waited for on the loop.
class Watched {
 public:
  Watched(const Executor& executor, const sandbox::Fd& fd) : descriptor_(executor, fd.get()) {}
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  ~Watched() { descriptor_.release(); }

  // False when the wait was given up.
  Task<bool> readable() {
    const auto [error] = co_await descriptor_.async_wait(asio::posix::descriptor_base::wait_read, asio::as_tuple(asio::use_awaitable));
    co_return !error;
  }

 private:
  asio::posix::stream_descriptor descriptor_;
};

observe::Places placesOf(const sandbox::CgroupLayout& cgroups, const sandbox::Sandbox& sandbox) {
  return {.unified = cgroups.unified,
      .memory = cgroups.directory("memory", sandbox.cgroup),
      .cpu = cgroups.directory("cpu", sandbox.cgroup),
      .cpuAccounting = cgroups.directory("cpuacct", sandbox.cgroup),
      .pids = cgroups.directory("pids", sandbox.cgroup),
      .disk = sandbox.disk};
}

// Says how much of its output was left out of the log.
void logLeftOut(Kept& kept, Duration now, Duration every) {
  if (const auto count = kept.log.takeLeftOut(now, every); count > 0)
    log::warning("agent.said_too_much", {{"runtime", kept.runtime.id.text()}, {"lines_left_out", count}});
}

// Logs what the pipe holds at the moment; false once it is at its end.
bool logOutput(Kept& kept, Duration now) {
  std::array<char, 4096> piece{};
  for (int pieces = 0; pieces < 16; ++pieces) {
    const auto got = ::read(kept.sandbox->output.get(), piece.data(), piece.size());
    if (got == 0) return false;
    if (got < 0) break;
    for (auto& line : kept.log.take({piece.data(), static_cast<std::size_t>(got)}, now))
      log::info("agent.said", {{"runtime", kept.runtime.id.text()}, {"line", net::isUtf8(line) ? line : "(not UTF-8)"}});
  }
  logLeftOut(kept, now, 1s);
  return true;
}

// Whether a sandbox that was made for one demand suits another: all else can be set when it is given.
bool isOfShape(const link::StartRuntime& made, const link::StartRuntime& asked) {
  auto limits = asked.limits;
  limits.lifetimeSeconds = made.limits.lifetimeSeconds;
  limits.driveBytes = made.limits.driveBytes;
  return made.python == asked.python && made.limits == limits;
}

// A tenth of the machine's memory, and 1 GB at least: sandboxes that wait take nobody's.
bool hasMemoryToSpare() {
  std::istringstream lines(machine::readFile("/proc/meminfo").value_or(""));
  std::int64_t total = 0;
  std::int64_t available = 0;
  std::string name;
  for (std::int64_t kilobytes = 0; lines >> name >> kilobytes; lines.ignore(64, '\n')) {
    if (name == "MemTotal:") total = kilobytes;
    if (name == "MemAvailable:") available = kilobytes;
  }
  return available > std::max<std::int64_t>(total / 10, 1 << 20);
}

template <class T>
Result<json::value> asJson(Result<T> result) {
  if (!result) return std::unexpected(std::move(result).error());
  return toJson(*result);
}

}  // namespace

Keeper::Keeper(Executor executor, sandbox::Site& site, Clock& clock, Tell tell)
    : executor_(executor),
      site_(site),
      clock_(clock),
      tell_(std::move(tell)),
      changed_(executor),
      work_("sandboxes", 4, kMostRuntimes * 2),
      looks_("usage", 1, kMostRuntimes),
      drives_("drives", 1, kMostRuntimes),
      accelerators_("accelerators", 1, kMostRuntimes),
      opening_(executor),
      scope_(executor) {}

Keeper::~Keeper() = default;

void Keeper::begin() {
  for (auto& adopted : site_.takeAdopted()) adopt(std::move(adopted));
  scope_.spawn("watch lifetimes", watchLifetimes());
  scope_.spawn("observe", observeAll());
}

void Keeper::adopt(sandbox::Adopted adopted) {
  auto kept = std::make_shared<Kept>(executor_);
  const auto id = adopted.runtime;
  kept->runtime = {.id = id, .owner = std::move(adopted.owner), .socket = "", .limits = {}, .startedAtMs = 0};
  const auto startedAt = adopted.sandbox->startedAt;
  takeUp(*kept, std::move(adopted.sandbox), startedAt);
  kept_.emplace(id, kept);
  log::info("runtime.adopted", {{"runtime", id.text()}, {"owner", kept->runtime.owner}});
  if (kept->sandbox->plug.address != 0) scope_.spawn("plug again", plugAgain(kept));
  scope_.spawn("runtime", live(kept));
}

// Its sandbox runs.
void Keeper::takeUp(Kept& kept, std::unique_ptr<sandbox::Sandbox> sandbox, Duration startedAt) {
  kept.sandbox = std::move(sandbox);
  kept.places = placesOf(site_.cgroups(), *kept.sandbox);
  kept.startedAt = startedAt;
  kept.runtime.socket = kept.sandbox->socket;
  kept.runtime.limits = kept.sandbox->limits;
  kept.runtime.startedAtMs = kept.sandbox->startedAtMs;
}

// Its connections broke with the node that made its cable; new ones it can open.
Task<> Keeper::plugAgain(std::shared_ptr<Kept> kept) {
  const auto allowed = kept->runtime.limits.network;
  const auto out = co_await wayOut(allowed);
  if (!out || !kept->sandbox) co_return;
  const auto plug = std::make_shared<network::Plug>(kept->sandbox->plug.address, machine::duplicate(kept->sandbox->plug.space));
  auto plugged = co_await work_.runResult([out, plug, allowed] { return out->plugAgain(*plug, allowed); });
  if (!plugged) {
    log::warning("network.not_plugged_again", {{"runtime", kept->runtime.id.text()}, {"message", plugged.error().message}});
  } else if (kept->sandbox) {
    kept->sandbox->wayOut = out;
  } else {  // it ended meanwhile
    static_cast<void>(co_await work_.run([out, plug, allowed] { out->unplug(*plug, allowed); }));
  }
}

Task<Result<json::value>> Keeper::answer(link::AskBody ask) {
  if (auto* one = std::get_if<link::StartRuntime>(&ask)) co_return asJson(co_await start(std::move(*one)));
  if (auto* one = std::get_if<link::StopRuntime>(&ask)) co_return asJson(co_await end(std::move(*one)));
  if (std::holds_alternative<link::ListDevices>(ask)) co_return toJson(link::Devices{devices::countKinds(co_await findDevices())});
  if (auto* one = std::get_if<link::ReadUsage>(&ask)) co_return asJson(co_await usage(std::move(*one)));
  if (auto* one = std::get_if<link::Restrain>(&ask)) co_return asJson(co_await restrain(std::move(*one)));
  if (auto* one = std::get_if<link::Observe>(&ask)) co_return asJson(setWhatToObserve(std::move(*one)));
  co_return toJson(list());
}

// ---- asks ----

Result<std::shared_ptr<Kept>> Keeper::claim(const link::StartRuntime& ask) {
  if (stopping_) return fail(Code::Unavailable, "Allmende is being stopped on this machine");
  if (ask.id.text().empty()) return fail(Code::InvalidInput, "a runtime needs an id");
  if (kept_.contains(ask.id)) return fail(Code::Conflict, "runtime {} runs already", ask.id.text());
  if (kept_.size() >= kMostRuntimes)
    return fail(Code::OverLimit, "this machine holds {} runtimes already, which is the most it may; stop one first", kMostRuntimes);
  auto kept = std::make_shared<Kept>(executor_);
  kept->runtime = {
      .id = ask.id, .owner = ask.owner.substr(0, sandbox::kLongestOwner), .socket = "", .limits = ask.limits, .startedAtMs = 0};
  kept_.emplace(ask.id, kept);
  return kept;
}

void Keeper::forget(const std::shared_ptr<Kept>& kept) {
  kept_.erase(kept->runtime.id);
  kept->over = true;
  kept->changed.notifyAll();
  changed_.notifyAll();
}

Task<Result<link::Runtime>> Keeper::start(link::StartRuntime ask) {
  CO_TRY(const auto kept, claim(ask));
  const auto began = clock_.sinceStart();
  auto edits = co_await handOut(*kept, ask.limits.devices);
  auto sandbox = edits ? co_await takeReady(ask) : Result<std::unique_ptr<sandbox::Sandbox>>(std::unexpected(edits.error()));
  const bool wasReady = sandbox.has_value();
  if (edits && !wasReady) {
    const auto out = co_await wayOut(ask.limits.network);
    sandbox = co_await work_.runResult([this, ask, out, with = *edits] { return site_.start(ask, out, with); });
  }
  if (!sandbox) {
    log::warning("runtime.not_started", {{"runtime", ask.id.text()}, {"owner", kept->runtime.owner},
                                            {"reason", nameOf(sandbox.error().code)}, {"message", sandbox.error().message}});
    forget(kept);
    co_return std::unexpected(std::move(sandbox).error());
  }
  takeUp(*kept, *std::move(sandbox), clock_.sinceStart());
  log::info("runtime.started", {{"runtime", ask.id.text()}, {"owner", kept->runtime.owner}, {"took_ms", (kept->startedAt - began).count()},
                                   {"was_ready", wasReady}, {"sandbox", kept->sandbox->id.text()}});
  scope_.spawn("runtime", live(kept));
  if (ask.limits.devices.empty()) keepReady(ask);
  co_return kept->runtime;
}

// ---- accelerators ----

Task<std::vector<devices::Device>> Keeper::findDevices() {
  auto found = co_await looks_.run([] { return devices::find(); });
  if (!found) co_return std::vector<devices::Device>();
  for (const auto& fault : found->faults) {
    if (toldFaults_.size() < kMostToldFaults && toldFaults_.insert(fault).second) log::warning("devices.not_used", {{"message", fault}});
  }
  co_return std::move(found->devices);
}

// Chooses devices of the demanded kinds, which are the runtime's from then on, and puts their names in the place of the kinds.
Task<Result<devices::Edits>> Keeper::handOut(Kept& kept, std::vector<std::string>& demanded) {
  devices::Edits edits;
  kept.runtime.limits.devices.clear();
  if (demanded.empty()) co_return edits;
  const auto all = co_await findDevices();
  std::vector<std::string> used;
  for (const auto& [id, one] : kept_) used.insert(used.end(), one->runtime.limits.devices.begin(), one->runtime.limits.devices.end());
  CO_TRY(const auto chosen, devices::choose(all, demanded, used));
  demanded.clear();
  for (const auto& device : chosen) {
    demanded.push_back(device.name);
    edits.add(device.edits);
  }
  kept.runtime.limits.devices = demanded;
  co_return edits;
}

// ---- sandboxes that wait for whoever asks first ----

// Fails with NotFound when none suits.
Task<Result<std::unique_ptr<sandbox::Sandbox>>> Keeper::takeReady(link::StartRuntime ask) {
  const auto found = std::ranges::find_if(ready_, [&](const Ready& one) { return isOfShape(one.shape, ask); });
  if (found == ready_.end()) co_return fail(Code::NotFound, "no sandbox waits");
  auto sandbox = std::move(found->sandbox);
  ready_.erase(found);
  auto work = [this, ask, sandbox = std::move(sandbox)]() mutable -> Result<std::unique_ptr<sandbox::Sandbox>> {
    auto given = site_.give(*sandbox, ask);
    if (given) return std::move(sandbox);
    static_cast<void>(site_.remove(std::move(sandbox)));
    return std::unexpected(std::move(given).error());
  };
  auto given = co_await work_.runResult(std::move(work));
  if (!given) log::warning("sandbox.not_given", {{"runtime", ask.id.text()}, {"message", given.error().message}});
  co_return given;
}

void Keeper::keepReady(const link::StartRuntime& ask) {
  wanted_ = {.sandbox = nullptr, .shape = ask};
  wanted_.shape.ready = std::clamp<std::int64_t>(ask.ready, 0, kMostReady);
  if (!refilling_) scope_.spawn("refill", refill());
}

// Until as many wait as are wanted, all of the shape that was asked for last; as long as the machine has memory to spare.
Task<> Keeper::refill() {
  refilling_ = true;
  for (;;) {
    const auto shape = wanted_.shape;
    const auto other = std::ranges::find_if(ready_, [&](const Ready& one) { return !isOfShape(one.shape, shape); });
    const bool tooMany = std::cmp_greater(ready_.size(), shape.ready) || !hasMemoryToSpare();
    if (!ready_.empty() && (other != ready_.end() || tooMany)) {
      co_await dropReady(other != ready_.end() ? other : ready_.begin());
      continue;
    }
    if (stopping_ || std::cmp_greater_equal(ready_.size(), shape.ready) || !hasMemoryToSpare()) break;
    const auto out = co_await wayOut(shape.limits.network);
    auto sandbox = co_await work_.runResult([this, shape, out] { return site_.startReady(shape, out); });
    if (!sandbox) {
      log::warning("sandbox.not_ready", {{"message", sandbox.error().message}});
      break;
    }
    ready_.push_back({*std::move(sandbox), shape});
  }
  refilling_ = false;
  changed_.notifyAll();
}

Task<> Keeper::dropReady(std::list<Ready>::iterator which) {
  auto sandbox = std::move(which->sandbox);
  ready_.erase(which);
  static_cast<void>(co_await work_.run([this, sandbox = std::move(sandbox)]() mutable { return site_.remove(std::move(sandbox)); }));
}

Task<> Keeper::dropAllReady() {
  while (refilling_) co_await changed_.wait();
  while (!ready_.empty()) co_await dropReady(ready_.begin());
}

// None where none is wanted, or there is none: a runtime without a network is better than no runtime.
Task<std::shared_ptr<network::Gateway>> Keeper::wayOut(link::Network demanded) {
  if (demanded.access == link::kNoNetwork || site_.rootless()) co_return nullptr;
  const auto turn = co_await opening_.take();
  if (gateway_) co_return gateway_;
  auto opened = co_await work_.runResult([this] { return network::Gateway::open(site_.name()); });
  if (!opened) {
    log::warning("network.not_opened", {{"message", opened.error().message}, {"help", "allmende doctor"}});
    co_return nullptr;
  }
  gateway_ = *std::move(opened);
  firstWords_ = std::make_shared<FirstWords>(executor_, gateway_, clock_);
  firstWords_->lookFor(observed_.names);
  auto shown = co_await work_.runResult([this] { return gateway_->showFirstPackets(executor_); });
  if (!shown) log::warning("first_words.not_shown", {{"message", shown.error().message}, {"help", "allmende doctor"}});
  if (shown) firstWords_->begin(*std::move(shown));
  names_ = std::make_unique<network::NameRelay>(executor_, clock_, *gateway_);
  names_->onQuestion([words = firstWords_](network::Address guest, const std::string& name) { words->asked(guest, name); });
  names_->begin();
  co_return gateway_;
}

Task<Result<link::RuntimeEnded>> Keeper::end(link::StopRuntime ask) {
  if (ask.graceMs < 0 || ask.graceMs > kMostGraceMs)
    co_return fail(Code::InvalidInput, "grace_ms is {}; allowed are 0 to {}", ask.graceMs, kMostGraceMs);
  const auto found = kept_.find(ask.id);
  if (found == kept_.end()) co_return fail(Code::NotFound, "runtime {} does not run here", ask.id.text());
  const auto kept = found->second;
  kept->wishFor(Wish::Stop, clock_.sinceStart() + Duration{ask.graceMs});
  while (!kept->over) co_await kept->changed.wait();
  if (!kept->ending) co_return fail(Code::NotFound, "runtime {} did not start", ask.id.text());
  co_return *kept->ending;
}

link::Runtimes Keeper::list() const {
  link::Runtimes all;
  for (const auto& [id, kept] : kept_) {
    if (!kept->runtime.socket.empty()) all.runtimes.push_back(kept->runtime);
  }
  return all;
}

Task<Result<link::Usage>> Keeper::usage(link::ReadUsage ask) {
  const auto found = kept_.find(ask.id);
  if (found == kept_.end() || found->second->runtime.socket.empty())
    co_return fail(Code::NotFound, "runtime {} does not run here", ask.id.text());
  const auto kept = found->second;
  std::optional<devices::DeviceUse> accelerator;
  if (const auto& devices = kept->runtime.limits.devices; !devices.empty())
    accelerator = (co_await accelerators_.run([device = devices.front()] { return devices::readUse(device); })).value_or(std::nullopt);
  auto usage =
      co_await looks_.runResult([places = kept->places, limits = kept->runtime.limits] { return observe::readUsage(places, limits); });
  if (!usage || !kept->sandbox) co_return usage;
  if (accelerator)
    std::tie(usage->acceleratorBytes, usage->acceleratorLimitBytes, usage->acceleratorBusy) =
        std::tuple(accelerator->memoryBytes, accelerator->memoryLimitBytes, accelerator->busy);
  if (kept->sandbox->drive)
    std::tie(usage->driveIsSeen, usage->driveBytes, usage->driveLimitBytes, usage->driveIsFull) =
        std::tuple(true, kept->driveBytes, kept->runtime.limits.driveBytes, kept->driveIsFull);
  if (!kept->sandbox->wayOut) co_return usage;  // none, or an adopted one whose cable is still being made
  const auto traffic =
      co_await looks_.run([out = kept->sandbox->wayOut, address = kept->sandbox->plug.address] { return out->traffic(address); });
  if (traffic) std::tie(usage->networkSentBytes, usage->networkReceivedBytes) = std::pair(traffic->sent, traffic->received);
  co_return usage;
}

Task<> Keeper::letGo() {
  stopping_ = true;
  site_.letGo();
  co_await dropAllReady();
  // What is being started or removed is brought to its end; what runs is left as it is.
  while (std::ranges::any_of(kept_, [](const auto& one) { return !one.second->sandbox; })) co_await changed_.waitFor(kLifetimeSweep);
  const std::vector<std::shared_ptr<Kept>> left(std::views::values(kept_).begin(), std::views::values(kept_).end());
  for (const auto& kept : left) co_await kept->watching.close();
  co_await scope_.close();
  if (names_) co_await names_->close();
  if (firstWords_) co_await firstWords_->close();
}

Task<> Keeper::stop() {
  stopping_ = true;
  for (const auto& [id, kept] : kept_) kept->wishFor(Wish::NodeStop, clock_.sinceStart() + kOwnGrace);
  while (!kept_.empty()) co_await changed_.wait();
  co_await dropAllReady();
  co_await scope_.close();
  if (names_) co_await names_->close();
  if (firstWords_) co_await firstWords_->close();
  names_.reset();
  firstWords_.reset();
  gateway_.reset();
}

// ---- a runtime's life ----

Task<> Keeper::live(std::shared_ptr<Kept> kept) {
  kept->watching.spawn("watch agent", watchAgent(kept));
  kept->watching.spawn("watch memory", watchMemory(kept));
  kept->watching.spawn("hear agent", hear(kept));
  if (kept->sandbox->drive) kept->watching.spawn("watch drive", watchDrive(kept));
  while (!kept->agentEnded && kept->wish == Wish::None) co_await kept->changed.wait();
  if (!kept->agentEnded) co_await askToEnd(kept);
  co_await kept->watching.close();
  kept->ending = co_await remove(kept);
  log::info("runtime.ended", toJson(*kept->ending).as_object());
  forget(kept);
  tell_(*kept->ending);
}

Task<> Keeper::askToEnd(std::shared_ptr<Kept> kept) {
  site_.askToEnd(*kept->sandbox);
  while (!kept->agentEnded) {
    const auto left = kept->killAt - clock_.sinceStart();
    if (left <= Duration{0}) co_return;
    co_await kept->changed.waitFor(left);
  }
}

// Everything of the sandbox goes, whether its agent ended or not.
Task<link::RuntimeEnded> Keeper::remove(std::shared_ptr<Kept> kept) {
  logOutput(*kept, clock_.sinceStart());
  for (auto& line : kept->log.finish(clock_.sinceStart())) log::info("agent.said", {{"runtime", kept->runtime.id.text()}, {"line", line}});
  logLeftOut(*kept, clock_.sinceStart(), 0s);
  auto sandbox = std::move(kept->sandbox);
  // Measured before the group is gone, and not given up when the pool is full: it is large enough for every runtime there can be.
  auto work = [this, places = kept->places, limits = kept->runtime.limits, sandbox = std::move(sandbox)]() mutable {
    auto usage = observe::readUsage(places, limits).value_or(link::Usage{});
    return std::pair(usage, site_.remove(std::move(sandbox)));
  };
  const auto removed = co_await work_.run(std::move(work));
  check(removed.has_value(), "the pool of sandboxes takes a job for every runtime");
  const auto& [usage, ending] = *removed;
  if (!ending) log::error("sandbox.left_traces", {{"runtime", kept->runtime.id.text()}, {"message", ending.error().message}});
  const auto how = ending.value_or(sandbox::Ending{});
  const bool lately =
      usage.memoryKills > kept->memoryKills || (kept->memoryRanOutAt && clock_.sinceStart() - *kept->memoryRanOutAt < kMemoryRecently);
  co_return decideEnding({.id = kept->runtime.id,
      .limits = kept->runtime.limits,
      .wish = kept->wish,
      .exitCode = how.exitCode,
      .signal = how.signal,
      .known = how.known,
      .memoryRanOutLately = lately,
      .memoryPeakBytes = usage.memoryPeakBytes,
      .cpuSeconds = usage.cpuSeconds});
}

Task<> Keeper::watchAgent(std::shared_ptr<Kept> kept) {
  Watched agent(executor_, kept->sandbox->init);
  if (!co_await agent.readable()) co_return;
  kept->agentEnded = true;
  kept->changed.notifyAll();
}

Task<> Keeper::hear(std::shared_ptr<Kept> kept) {
  Watched output(executor_, kept->sandbox->output);
  while (co_await output.readable()) {
    if (!logOutput(*kept, clock_.sinceStart())) co_return;
  }
}

Task<> Keeper::watchMemory(std::shared_ptr<Kept> kept) {
  Watched memory(executor_, kept->sandbox->memoryRanOut);
  while (co_await memory.readable()) {
    std::array<char, 4096> news{};
    while (::read(kept->sandbox->memoryRanOut.get(), news.data(), news.size()) > 0) {
    }
    // The kernel tells of memory before it kills: the count may grow a moment later.
    const auto before = kept->memoryKills;
    for (int looks = 0; looks < 8 && kept->memoryKills == before; ++looks) {
      co_await noteMemoryKills(kept);
      co_await clock_.sleep(kMemoryPause);
    }
  }
}

Task<> Keeper::noteMemoryKills(std::shared_ptr<Kept> kept) {
  const auto usage =
      co_await looks_.runResult([places = kept->places, limits = kept->runtime.limits] { return observe::readUsage(places, limits); });
  if (!usage || usage->memoryKills <= kept->memoryKills) co_return;
  kept->memoryKills = usage->memoryKills;
  kept->memoryRanOutAt = clock_.sinceStart();
  const auto& limits = kept->runtime.limits;
  link::MemoryRanOut news{.id = kept->runtime.id,
      .kills = usage->memoryKills,
      .memoryPeakBytes = usage->memoryPeakBytes,
      .sentence = describeMemoryRanOut(usage->memoryKills, usage->memoryPeakBytes, limits.memoryBytes)};
  log::warning("runtime.memory_ran_out", toJson(news).as_object());
  tell_(std::move(news));
}

// Measures again when something may have been written: this runtime computed, or the machine's disk lost much of what the drive may still
// have.
Task<> Keeper::watchDrive(std::shared_ptr<Kept> kept) {
  const auto limit = kept->runtime.limits.driveBytes;
  Duration measuredAt{0};
  Duration took{0};
  double cpuThen = -1;
  std::int64_t freeThen = 0;
  for (;; co_await clock_.sleep(kDriveSweep)) {
    const auto now = clock_.sinceStart();
    const auto usage =
        co_await looks_.runResult([places = kept->places, limits = kept->runtime.limits] { return observe::readUsage(places, limits); });
    const auto cpu = usage ? usage->cpuSeconds : 0;
    const auto free = site_.freeBytes();
    const auto spare = std::max<std::int64_t>(kLeastSpare, (limit - kept->driveBytes) / 2);
    const bool due = now - measuredAt >= std::max(kDrivePause, took * 20) && cpu - cpuThen > kComputing;
    if (cpuThen >= 0 && !due && !kept->driveIsFull && (limit == 0 || freeThen - free < spare)) continue;
    const auto bytes = co_await drives_.run([of = kept->sandbox->drive] { return sandbox::measureDrive(*of); });
    if (!bytes) continue;
    std::tie(kept->driveBytes, measuredAt, took, cpuThen, freeThen) = std::tuple(*bytes, now, clock_.sinceStart() - now, cpu, free);
    if (limit > 0 && (*bytes > limit) != kept->driveIsFull) co_await openOrCloseDrive(kept);
  }
}

// Whoever has a file open for writing is told that it is too large, and closes it; whoever does not within some seconds is ended.
Task<> Keeper::openOrCloseDrive(std::shared_ptr<Kept> kept) {
  const bool full = !kept->driveIsFull;
  for (int tries = 0; tries < kMostTriesToClose; ++tries) {
    const auto set = co_await drives_.runResult([this, of = kept->sandbox->drive, full] { return site_.setDriveWriting(*of, !full); });
    if (set) {
      kept->driveIsFull = full;
      log::info(full ? "drive.closed" : "drive.opened", {{"runtime", kept->runtime.id.text()}, {"bytes", kept->driveBytes}});
      co_return;
    }
    if (tries == kMostTriesToClose / 2) site_.killWhoSees(*kept->sandbox->drive);
    co_await clock_.sleep(kDriveSweep);
  }
  log::error("drive.not_closed", {{"runtime", kept->runtime.id.text()}, {"bytes", kept->driveBytes}});
}

Task<> Keeper::watchLifetimes() {
  for (;;) {
    co_await clock_.sleep(kLifetimeSweep);
    const auto now = clock_.sinceStart();
    if (!ready_.empty() && !refilling_ && !hasMemoryToSpare()) scope_.spawn("refill", refill());
    for (const auto& [id, kept] : kept_) {
      const auto lifetime = Duration(std::chrono::seconds(kept->runtime.limits.lifetimeSeconds));
      if (kept->sandbox && kept->wish == Wish::None && now - kept->startedAt >= lifetime) kept->wishFor(Wish::Lifetime, now + kOwnGrace);
    }
  }
}

}  // namespace allmende::node
