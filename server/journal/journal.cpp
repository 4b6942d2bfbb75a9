#include "server/journal/journal.h"

#include <algorithm>

#include "lib/base/json.h"

namespace allmende::journal {
namespace {

constexpr int kMostListed = 1000;

Result<Event> eventOf(const store::Row& row) {
  TRY(auto detail, parseJsonObject(row.text(3)));
  return Event{.number = row.number(0), .at = row.instant(1), .name = row.text(2), .subjects = {}, .detail = std::move(detail)};
}

Result<std::vector<Event>> select(store::Transaction& on, const EventFilter& filter) {
  std::string sql = "SELECT number, at, name, detail FROM events WHERE number < ?";
  store::Values values{filter.before};
  if (filter.name) {
    sql += " AND name = ?";
    values.emplace_back(*filter.name);
  }
  if (filter.subject) {
    sql += " AND number IN (SELECT event_number FROM event_subjects WHERE subject = ?)";
    values.emplace_back(*filter.subject);
  }
  sql += " ORDER BY number DESC LIMIT ?";
  values.emplace_back(std::clamp(filter.limit, 1, kMostListed));
  TRY(auto rows, on.query(sql, values));
  std::vector<Event> events;
  for (const auto& row : rows) {
    TRY(auto event, eventOf(row));
    TRY(auto subjects, on.query("SELECT subject FROM event_subjects WHERE event_number = ? ORDER BY place", {event.number}));
    for (const auto& subject : subjects) event.subjects.push_back(subject.text(0));
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace

Event Journal::make(EventKind kind, std::vector<std::string> subjects, boost::json::object detail) const {
  return {.number = 0, .at = clock_.now(), .name = std::string(kind.name), .subjects = std::move(subjects), .detail = std::move(detail)};
}

Result<> Journal::write(store::Transaction& on, const Event& event) {
  TRY(auto rows, on.query("INSERT INTO events (at, name, detail) VALUES (?, ?, ?) RETURNING number",
                     {event.at, event.name, boost::json::serialize(event.detail)}));
  for (std::size_t place = 0; place < event.subjects.size(); ++place) {
    TRY(on.change(
        "INSERT INTO event_subjects (event_number, place, subject) VALUES (?, ?, ?)", {rows[0].number(0), place, event.subjects[place]}));
  }
  return {};
}

Task<Result<>> Journal::record(EventKind kind, std::vector<std::string> subjects, boost::json::object detail) {
  auto event = make(kind, std::move(subjects), std::move(detail));
  co_return co_await database_.transaction([event = std::move(event)](store::Transaction& on) { return write(on, event); });
}

Task<Result<std::vector<Event>>> Journal::list(EventFilter filter) {
  co_return co_await database_.transaction([filter = std::move(filter)](store::Transaction& on) { return select(on, filter); });
}

}  // namespace allmende::journal
