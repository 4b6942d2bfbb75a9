#include "server/documents/log.h"

#include "lib/base/log.h"

namespace allmende::documents {
namespace {

constexpr Duration kFirstPause{100};
constexpr Duration kLongestPause{5'000};
constexpr Duration kPatienceAtTheEnd{5'000};

}  // namespace

UpdateLog::UpdateLog(Executor executor, DocumentStore& store, Clock& clock)
    : store_(store), clock_(clock), came_(executor), progressed_(executor), tasks_(executor) {}

void UpdateLog::append(LogEntry entry, Told stored) {
  bytes_ += entry.update.size();
  ++appended_;
  waiting_.push_back({std::move(entry), std::move(stored)});
  came_.notifyAll();
}

Task<> UpdateLog::room() {
  while (bytes_ > kMostWaiting) co_await progressed_.wait();
}

Task<Result<>> UpdateLog::settled(Duration patience) {
  const auto upTo = appended_;
  const auto until = clock_.sinceStart() + patience;
  while (stored_ < upTo) {
    const auto left = until - clock_.sinceStart();
    if (left > Duration{0}) co_await progressed_.waitFor(left);
    if (stored_ < upTo && clock_.sinceStart() >= until)
      co_return std::unexpected(trouble_.value_or(Error{Code::Unavailable, "the database takes too long to store changes", {}}));
  }
  co_return Result<>{};
}

void UpdateLog::begin() { tasks_.spawn("store updates", run()); }

Task<> UpdateLog::close() {
  static_cast<void>(co_await settled(kPatienceAtTheEnd));
  co_await tasks_.close();
}

Task<> UpdateLog::run() {
  for (;;) {
    while (waiting_.empty()) co_await came_.wait();
    auto batch = std::exchange(waiting_, {});
    auto pause = kFirstPause;
    while (!co_await write(batch)) {
      co_await clock_.sleep(pause);
      pause = std::min(pause * 2, kLongestPause);
    }
    for (auto& one : batch) {
      bytes_ -= one.entry.update.size();
      ++stored_;
      one.stored();
    }
    progressed_.notifyAll();
  }
}

Task<bool> UpdateLog::write(std::vector<Waiting>& batch) {
  std::vector<LogEntry> entries;
  entries.reserve(batch.size());
  for (const auto& one : batch) entries.push_back(one.entry);
  auto written = co_await store_.append(std::move(entries));
  if (written) {
    trouble_.reset();
    co_return true;
  }
  if (!trouble_) log::error("documents.not_stored", {{"error", written.error().message}, {"updates", batch.size()}});
  trouble_ = std::move(written).error();
  co_return false;
}

}  // namespace allmende::documents
