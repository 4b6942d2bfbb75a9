#include "server/lease/lease.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <fstream>

#include "lib/base/json.h"
#include "lib/base/log.h"

namespace allmende::lease {
namespace {

constexpr Duration kLook{250};  // between two looks at the holder

// One row each. The counter stands apart: it changes all the time, and what every transaction reads must not.
constexpr auto kTables = R"(
CREATE TABLE IF NOT EXISTS leases (id BIGINT PRIMARY KEY, number BIGINT NOT NULL, holder TEXT NOT NULL, place TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS lease_beats (id BIGINT PRIMARY KEY, number BIGINT NOT NULL, beat BIGINT NOT NULL);
INSERT INTO leases (id, number, holder, place) VALUES (1, 0, '', '') ON CONFLICT DO NOTHING;
INSERT INTO lease_beats (id, number, beat) VALUES (1, 0, 0) ON CONFLICT DO NOTHING;
)";

struct Holder {
  Process process;
  std::int64_t silence = 0;  // in milliseconds
};
constexpr auto fieldsOf(Type<Holder>) { return record("holder", field("process", &Holder::process), field("silence", &Holder::silence)); }

struct Place {
  std::string host;
  std::int64_t port = 0;
  std::string secret;
};
constexpr auto fieldsOf(Type<Place>) {
  return record("place", field("host", &Place::host), field("port", &Place::port), field("secret", &Place::secret));
}

// Ticks since boot at which a process was started (proc(5), field 22 of stat); 0 when there is none.
std::int64_t startOf(std::int64_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string text;
  std::getline(file, text);
  auto at = text.rfind(')');  // behind the name, which may hold anything
  for (int field = 2; field < 22 && at != std::string::npos; ++field) at = text.find(' ', at + 1);
  std::int64_t ticks = 0;
  if (at != std::string::npos) std::from_chars(text.data() + at + 1, text.data() + text.size(), ticks);
  return ticks;
}

template <class T>
std::optional<T> readJson(const std::string& text) {
  boost::system::error_code error;
  const auto parsed = json::parse(text, error);
  T value;
  if (error || !fromJson(parsed, value)) return std::nullopt;
  return value;
}

std::string describe(const Process& holder) { return fmt::format("process {} on {}", holder.pid, holder.host); }

}  // namespace

Process processOf(std::int64_t pid) {
  Process own;
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) == 0) own.host = name;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> own.boot;
  struct stat space{};
  if (::stat("/proc/self/ns/pid", &space) == 0) own.ids = static_cast<std::int64_t>(space.st_ino);
  own.pid = pid;
  own.startedAt = startOf(pid);
  return own;
}

Process thisProcess() { return processOf(::getpid()); }

namespace {

bool isOfThisMachine(const Process& process) {
  const auto here = thisProcess();
  return process.boot == here.boot && process.ids == here.ids && !here.boot.empty();
}

}  // namespace

bool isGone(const Process& process) { return isOfThisMachine(process) && startOf(process.pid) != process.startedAt; }
bool isHere(const Process& process) { return isOfThisMachine(process) && startOf(process.pid) == process.startedAt; }

struct Lease::Seen {
  std::int64_t number = 0;
  std::int64_t beat = 0;
  std::optional<Holder> holder;  // who is not certain to be gone

  // Whether the holder still gets on, judged by what was seen `before`.
  bool movedSince(const Seen& before) const { return number != before.number || beat != before.beat; }
};

Lease::Lease(Executor executor, store::Database& database, Clock& clock, Pace pace, Process own)
    : database_(database), clock_(clock), pace_(pace), own_(std::move(own)), scope_(std::move(executor)) {}

Result<> Lease::prepare() { return database_.prepare(kTables); }

Task<Result<Lease::Seen>> Lease::look() {
  CO_TRY(const auto rows, co_await database_.query(
                              "SELECT l.number, b.beat, l.holder, l.place FROM leases l JOIN lease_beats b ON b.id = l.id WHERE l.id = 1"));
  if (rows.empty()) co_return fail(Code::Internal, "the database has lost the row that says which server serves");
  const auto& row = rows[0];
  Seen seen{.number = row.number(0), .beat = row.number(1), .holder = readJson<Holder>(row.text(2))};
  if (seen.holder && isGone(seen.holder->process)) seen.holder.reset();
  const auto place = readJson<Place>(row.text(3));
  place_.reset();
  if (place) place_ = net::ForwardTarget{{place->host, static_cast<std::uint16_t>(place->port)}, place->secret};
  co_return seen;
}

Task<Result<bool>> Lease::tryToTake(Seen seen) {
  const auto holder = json::serialize(toJson(Holder{own_, pace_.silence.count()}));
  CO_TRY(const bool taken, co_await database_.transaction([seen, holder](store::Transaction& on) -> Result<bool> {
    TRY(const auto still, on.change("UPDATE lease_beats SET number = ?, beat = 0 WHERE id = 1 AND number = ? AND beat = ?",
                              {seen.number + 1, seen.number, seen.beat}));
    if (still == 0) return false;
    TRY(const auto first, on.change("UPDATE leases SET number = ?, holder = ?, place = '' WHERE id = 1 AND number = ?",
                              {seen.number + 1, holder, seen.number}));
    return first == 1;
  }));
  if (!taken) co_return false;
  number_ = seen.number + 1;
  place_.reset();
  database_.fence("SELECT 1 FROM leases WHERE id = 1 AND number = ?", {number_}, "another server has taken over; try again");
  log::info("lease.taken", {{"number", number_}, {"from_hung", seen.holder.has_value()}});
  co_return true;
}

Task<Result<bool>> Lease::takeIfFree() {
  CO_TRY(auto seen, co_await look());
  if (seen.holder) co_return false;
  co_return co_await tryToTake(std::move(seen));
}

Task<Result<>> Lease::take() {
  CO_TRY(auto seen, co_await look());
  for (const auto since = clock_.sinceStart();;) {
    if (!seen.holder || clock_.sinceStart() - since >= Duration{seen.holder->silence}) {
      CO_TRY(const bool taken, co_await tryToTake(seen));
      if (taken) co_return Result<>{};
    }
    co_await clock_.sleep(kLook);
    CO_TRY(auto now, co_await look());
    if (now.holder && now.movedSince(seen))
      co_return fail(Code::Conflict,
          "{} serves this database; stop it, or start both with stand_by, so that this one takes over when that one ends",
          describe(now.holder->process));
    seen = std::move(now);
  }
}

Task<> Lease::await() {
  std::optional<Seen> before;
  auto movedAt = clock_.sinceStart();
  for (;; co_await clock_.sleep(kLook)) {
    auto seen = co_await look();
    if (!seen) {
      log::warning("lease.unknown", {{"reason", seen.error().message}});
      before.reset();
      continue;
    }
    if (!before || seen->movedSince(*before)) movedAt = clock_.sinceStart();
    before = *seen;
    if (seen->holder && clock_.sinceStart() - movedAt < Duration{seen->holder->silence}) continue;
    if (seen->holder && isHere(seen->holder->process)) {
      const auto pid = static_cast<pid_t>(seen->holder->process.pid);
      log::error("lease.holder_hangs", {{"pid", pid}, {"killed", ::kill(pid, SIGKILL) == 0}});
      if (!isGone(seen->holder->process)) co_await clock_.sleep(kLook);
    }
    if (const auto taken = co_await tryToTake(*std::move(seen)); taken && *taken) co_return;
  }
}

Task<Result<>> Lease::announce(net::ForwardTarget where) {
  const Place place{where.where.host, where.where.port, where.secret};
  CO_TRY(co_await database_.change("UPDATE leases SET place = ? WHERE id = 1 AND number = ?", {json::serialize(toJson(place)), number_}));
  place_ = std::move(where);
  co_return Result<>{};
}

void Lease::keep(std::function<void()> lost) { scope_.spawn("lease", beat(std::move(lost))); }

Task<> Lease::beat(std::function<void()> lost) {
  for (;; co_await clock_.sleep(pace_.beat)) {
    const auto rows = co_await database_.query("SELECT number FROM leases WHERE id = 1");
    if (rows && (rows->empty() || (*rows)[0].number(0) != number_)) break;
    // A failure is none of ours: as long as nobody can write, nobody can take over.
    co_await database_.change("UPDATE lease_beats SET beat = beat + 1 WHERE id = 1 AND number = ?", {number_});
  }
  log::error("lease.lost", {{"number", number_}});
  place_.reset();
  lost();
}

Task<> Lease::release() {
  co_await scope_.close();
  if (number_ == 0) co_return;
  const auto released = co_await database_.change("UPDATE leases SET holder = '', place = '' WHERE id = 1 AND number = ?", {number_});
  if (!released) log::warning("lease.not_released", {{"reason", released.error().message}});
}

}  // namespace allmende::lease
