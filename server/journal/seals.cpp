#include "server/journal/seals.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <map>

#include "lib/base/log.h"
#include "lib/base/sha256.h"

namespace allmende::journal {
namespace {

constexpr Duration kSealEvery{5'000};
constexpr int kSealedAtOnce = 500;
constexpr std::int64_t kLatestNumbers = 10'000;  // an event may become visible after one with so much larger a number

struct Sealed {
  std::int64_t number = 0;
  std::int64_t at = 0;
  std::string name;
  std::string detail;  // as it is stored
  std::vector<std::string> subjects;
};

std::string hashOf(const std::string& before, std::int64_t place, const Sealed& event) {
  boost::json::array subjects(event.subjects.begin(), event.subjects.end());
  return sha256Of(
      boost::json::serialize(boost::json::array{before, place, event.number, event.at, event.name, event.detail, std::move(subjects)}));
}

// `events` are in the order of their numbers and ask for all their subjects at once.
Result<> addSubjects(store::Transaction& on, std::vector<Sealed>& events) {
  if (events.empty()) return {};
  const auto [least, most] = std::ranges::minmax_element(events, {}, &Sealed::number);
  TRY(const auto rows,
      on.query("SELECT event_number, subject FROM event_subjects WHERE event_number BETWEEN ? AND ? ORDER BY event_number, "
               "place",
          {least->number, most->number}));
  std::map<std::int64_t, Sealed*> byNumber;
  for (auto& event : events) byNumber.emplace(event.number, &event);
  for (const auto& row : rows) {
    if (const auto found = byNumber.find(row.number(0)); found != byNumber.end()) found->second->subjects.push_back(row.text(1));
  }
  return {};
}

Sealed sealedOf(const store::Row& row) {
  return {.number = row.number(0), .at = row.number(1), .name = row.text(2), .detail = row.text(3), .subjects = {}};
}

Result<Head> headOf(store::Transaction& on, std::int64_t& lastNumber) {
  TRY(const auto rows, on.query("SELECT place, hash FROM event_seals ORDER BY place DESC LIMIT 1"));
  TRY(const auto numbers, on.query("SELECT COALESCE(MAX(event_number), 0) FROM event_seals"));
  lastNumber = numbers[0].number(0);
  if (rows.empty()) return Head{};
  return Head{.place = rows[0].number(0), .hash = rows[0].text(1)};
}

constexpr std::string_view kUnsealed =
    "FROM events e WHERE e.number > ? AND NOT EXISTS (SELECT 1 FROM event_seals s WHERE s.event_number = e.number)";

struct Batch {
  Head head;
  bool more = false;
};

Result<Batch> sealSome(store::Transaction& on) {
  std::int64_t last = 0;
  TRY(auto head, headOf(on, last));
  TRY(const auto rows, on.query(fmt::format("SELECT e.number, e.at, e.name, e.detail {} ORDER BY e.number LIMIT ?", kUnsealed),
                           {last - kLatestNumbers, kSealedAtOnce}));
  std::vector<Sealed> events;
  for (const auto& row : rows) events.push_back(sealedOf(row));
  TRY(addSubjects(on, events));
  for (const auto& event : events) {
    head = {.place = head.place + 1, .hash = hashOf(head.hash, head.place + 1, event)};
    TRY(on.change("INSERT INTO event_seals (place, event_number, hash) VALUES (?, ?, ?)", {head.place, event.number, head.hash}));
  }
  return Batch{.head = std::move(head), .more = rows.size() == kSealedAtOnce};
}

// Goes on with `so` over the next seals; says whether there may be more.
Result<bool> verifySome(store::Transaction& on, Verification& so, const std::optional<Head>& kept) {
  TRY(const auto rows,
      on.query("SELECT e.number, e.at, e.name, e.detail, s.place, s.hash, s.event_number FROM event_seals s LEFT JOIN events "
               "e ON e.number = s.event_number WHERE s.place > ? ORDER BY s.place LIMIT ?",
          {so.head.place, kSealedAtOnce}));
  std::vector<Sealed> events;
  for (const auto& row : rows) events.push_back(row.isNull(0) ? Sealed{} : sealedOf(row));
  TRY(addSubjects(on, events));
  for (std::size_t at = 0; at < rows.size(); ++at) {
    const auto place = rows[at].number(4);
    const auto number = rows[at].number(6);
    if (place != so.head.place + 1)
      so.broken = fmt::format("the seals between {} and {} are gone", so.head.place, place);
    else if (events[at].number != number)
      so.broken = fmt::format("event {}, the {}. of the chain, is gone", number, place);
    else if (hashOf(so.head.hash, place, events[at]) != rows[at].text(5))
      so.broken = fmt::format("event {}, the {}. of the chain, or its seal was changed after it was sealed", number, place);
    if (!so.broken.empty()) return false;
    so.head = {.place = place, .hash = rows[at].text(5)};
    if (kept && kept->place == place && *kept != so.head)
      so.broken = fmt::format("the chain is another one: its {}. hash is not the one that was kept", place);
    if (!so.broken.empty()) return false;
  }
  return rows.size() == kSealedAtOnce;
}

}  // namespace

Result<Head> Head::parse(std::string_view text) {
  const auto colon = text.find(':');
  Head head;
  const auto* end = text.data() + std::min(colon, text.size());
  const auto [stopped, error] = std::from_chars(text.data(), end, head.place);
  if (colon != std::string_view::npos) head.hash = text.substr(colon + 1);
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (error != std::errc() || stopped != end || head.place < 1 || head.hash.size() != 2 * Sha256::kSize ||
      head.hash.find_first_not_of(kDigits) != std::string::npos)
    return fail(Code::InvalidInput,
        "the head of a chain is '{}'; allowed is what `allmende audit head` prints: a number, a colon and 64 hexadecimal digits",
        text.substr(0, 100));
  return head;
}

std::string Head::text() const { return fmt::format("{}:{}", place, hash); }

Seals::Seals(Executor executor, store::Database& database, Clock& clock) : database_(database), clock_(clock), scope_(executor) {}

void Seals::begin() { scope_.spawn("seal the journal", work()); }

Task<> Seals::work() {
  std::optional<std::string> sealedUpTo;  // the last event's number, when all were sealed
  Head sealed;
  Head told;
  std::optional<Duration> toldAt;
  for (;; co_await clock_.sleep(kSealEvery)) {
    const auto last = co_await database_.query("SELECT CAST(COALESCE(MAX(number), 0) AS BIGINT) FROM events");
    if (!last || sealedUpTo != last->front().text(0)) {
      auto head = co_await seal();
      if (!head) {
        log::warning("journal.not_sealed", {{"error", head.error().message}});
        continue;
      }
      sealed = *std::move(head);
      if (last) sealedUpTo = last->front().text(0);
    }
    if (sealed == told || (toldAt && clock_.sinceStart() - *toldAt < 1h)) continue;
    log::info("journal.sealed", {{"head", sealed.text()}});
    told = sealed;
    toldAt = clock_.sinceStart();
  }
}

Task<Result<Head>> Seals::seal() {
  for (;;) {
    CO_TRY(auto batch, co_await database_.transaction([](store::Transaction& on) { return sealSome(on); }));
    if (!batch.more) co_return std::move(batch.head);
  }
}

Task<Result<Verification>> Seals::verify(std::optional<Head> kept) {
  Verification so;
  for (bool more = true; more;) {
    struct Step {
      Verification so;
      bool more;
    };
    CO_TRY(auto step, co_await database_.transaction([so, kept](store::Transaction& on) -> Result<Step> {
      auto after = so;
      TRY(const bool goesOn, verifySome(on, after, kept));
      return Step{.so = std::move(after), .more = goesOn};
    }));
    so = std::move(step.so);
    more = step.more;
  }
  if (so.broken.empty() && kept && kept->place > so.head.place)
    so.broken = fmt::format("the chain ends after {} events, and {} were sealed once", so.head.place, kept->place);
  CO_TRY(const auto waiting,
      co_await database_.query(
          fmt::format(
              "SELECT COUNT(*), COALESCE(MIN(e.number), 0), (SELECT COALESCE(MAX(event_number), 0) FROM event_seals) {}", kUnsealed),
          {std::int64_t{0}}));
  so.unsealed = waiting[0].number(0);
  if (so.broken.empty() && so.unsealed > 0 && waiting[0].number(1) <= waiting[0].number(2) - kLatestNumbers)
    so.broken = fmt::format("event {} was slipped in long after its time", waiting[0].number(1));
  co_return so;
}

}  // namespace allmende::journal
