#include "lib/base/log.h"

#include <unistd.h>

#include <atomic>
#include <boost/json/serialize.hpp>
#include <mutex>
#include <string>

#include "lib/base/clock.h"

namespace allmende::log {
namespace {

// The log is the one thing every room may reach without being handed it; hence the house's only globals.
struct State {
  std::atomic<Level> least{Level::Info};
  std::mutex mutex;
  std::string program;                         // guarded by mutex
  std::function<void(std::string_view)> sink;  // guarded by mutex
};

State& state() {
  static State the;
  return the;
}

std::string_view nameOf(Level level) {
  switch (level) {
    case Level::Debug: return "debug";
    case Level::Info: return "info";
    case Level::Warning: return "warning";
    case Level::Error: return "error";
  }
  return "error";
}

void write(Level level, std::string_view event, const Fields& fields) {
  auto& the = state();
  if (level < the.least.load(std::memory_order_relaxed)) return;
  boost::json::object line{{"at", formatUtc(systemNow())}, {"level", nameOf(level)}, {"event", event}};
  const std::scoped_lock lock(the.mutex);
  if (!the.program.empty()) line["program"] = the.program;
  for (const auto& field : fields) line[field.key()] = field.value();
  auto text = boost::json::serialize(line);
  if (the.sink) return the.sink(text);
  text += '\n';
  // One write call, so that lines of several processes on one terminal do not mix.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

void debug(std::string_view event, Fields fields) { write(Level::Debug, event, fields); }
void info(std::string_view event, Fields fields) { write(Level::Info, event, fields); }
void warning(std::string_view event, Fields fields) { write(Level::Warning, event, fields); }
void error(std::string_view event, Fields fields) { write(Level::Error, event, fields); }

void setLevel(Level level) { state().least = level; }

void setProgram(std::string_view program) {
  const std::scoped_lock lock(state().mutex);
  state().program = program;
}

void setSink(std::function<void(std::string_view)> sink) {
  const std::scoped_lock lock(state().mutex);
  state().sink = std::move(sink);
}

}  // namespace allmende::log
