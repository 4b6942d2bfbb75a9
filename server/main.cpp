// `allmende-server`: control plane and front door.

#include <malloc.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "lib/base/log.h"
#include "server/doctor.h"
#include "server/house.h"
#include "server/migrations/migrations.h"
#include "server/policy_check.h"
#include "server/stand_by.h"

namespace allmende {
namespace {

constexpr int kExitInvalid = 2;

// One line for whoever started us.
void say(const json::object& line) {
  std::printf("%s\n", json::serialize(line).c_str());
  std::fflush(stdout);
}

int refuse(const Error& error) {
  log::error("server.not_started", {{"reason", nameOf(error.code)}, {"message", error.message}});
  say({{"failure", error.message}, {"reason", nameOf(error.code)}});
  return error.code == Code::InvalidInput ? kExitInvalid : 1;
}

// Every person's socket costs two descriptors, and systems grant few until they are asked.
void raiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 65'536);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// Documents are made on one thread and dropped on another: with a heap for each thread, as glibc has it, each keeps what the others could
// use. Two instead of many halve the memory of an open notebook, and save a sixth of the work of opening one.
void shareHeaps() { ::mallopt(M_ARENA_MAX, 2); }

log::Level levelOf(std::string_view name) {
  if (name == "debug") return log::Level::Debug;
  if (name == "warning") return log::Level::Warning;
  return name == "error" ? log::Level::Error : log::Level::Info;
}

Result<> prepareDataDirectory(const std::string& data) {
  std::error_code error;
  std::filesystem::create_directories(data, error);
  if (error || ::access(data.c_str(), W_OK | X_OK) != 0) {
    return fail(Code::InvalidInput,
        "the data directory {} is not writable ({}); choose another with --data, or give it to the user with id {}", data,
        error ? error.message() : std::strerror(errno), ::geteuid());
  }
  return {};
}

Result<std::unique_ptr<store::Database>> openDatabase(const ServerSettings& settings) {
  TRY(prepareDataDirectory(settings.data));
  return during("opening the database", store::Database::connect(databaseUrlOf(settings)));
}

Task<> hearSignals(net::EventLoop* loop, StopSign* stop) {
  co_await loop->signalled();
  stop->raise();
}

// One server's life, from the lease to its last word. Its parts lie here in the order in which they are needed.
class Life {
 public:
  Life(net::EventLoop& loop, ServerSettings settings, std::unique_ptr<store::Database> database)
      : executor_(loop.executor()),
        settings_(std::move(settings)),
        database_(std::move(database)),
        stop_(executor_),
        lease_(executor_, *database_, clock_, settings_.standBy ? lease::kWatched : lease::kAlone),
        standBy_(executor_, lease_, stop_),
        signals_(executor_) {
    signals_.spawn("signals", hearSignals(&loop, &stop_));
  }

  // Returns the exit status.
  Task<int> live() {
    auto served = co_await serve();
    if (house_) co_await house_->close();
    co_await lease_.release();
    co_await standBy_.close();
    co_await signals_.close();
    if (!served) co_return refuse(served.error());
    log::info("server.ended");
    co_return isLost_ ? 1 : 0;
  }

 private:
  Task<Result<>> serve() {
    CO_TRY(lease_.prepare());
    CO_TRY(auto street, co_await takeLease());
    if (stop_.isRaised()) co_return Result<>{};
    lease_.keep([this] {
      isLost_ = true;
      stop_.raise();
    });
    CO_TRY(database_->migrate(migrations()));
    const auto product = database_->product();
    house_.emplace(executor_, settings_, *database_, [this] { stop_.raise(); });
    CO_TRY(const auto ready, co_await house_->open(std::move(street)));
    if (settings_.standBy && !settings_.adminOnly) {
      CO_TRY(auto target, house_->openToForwarders());
      CO_TRY(co_await lease_.announce(std::move(target)));
    }
    log::info("server.started", {{"version", ALLMENDE_VERSION}, {"url", ready.url}, {"database", product}});
    say(toJson(ready).as_object());
    co_await stop_.wait();
    co_return Result<>{};
  }

  // Where people have connected meanwhile, when we had to wait.
  Task<Result<std::optional<Street>>> takeLease() {
    if (!settings_.standBy || settings_.adminOnly) {
      CO_TRY(co_await lease_.take());
      co_return std::nullopt;
    }
    CO_TRY(const bool isOurs, co_await lease_.takeIfFree());
    if (isOurs) co_return std::nullopt;
    const net::TcpEndpoint wanted{.host = settings_.host, .port = static_cast<std::uint16_t>(settings_.port)};
    co_return co_await standBy_.run(wanted, [this](std::uint16_t port) {
      const auto url = urlOf(settings_, port);
      log::info("server.stands_by", {{"version", ALLMENDE_VERSION}, {"url", url}});
      say({{"url", url}, {"stands_by", true}});
    });
  }

  Executor executor_;
  ServerSettings settings_;
  std::unique_ptr<store::Database> database_;
  RealClock clock_;
  StopSign stop_;
  lease::Lease lease_;
  StandBy standBy_;
  std::optional<House> house_;
  bool isLost_ = false;
  TaskScope signals_;
};

int serve(std::vector<std::string> arguments) {
  auto settings = loadSettings(config::environment(), std::move(arguments));
  if (!settings) return refuse(settings.error());
  log::setLevel(levelOf(settings->logLevel));
  ::umask(0077);  // what people keep is for this user's eyes alone
  raiseDescriptorLimit();
  auto database = openDatabase(*settings);
  if (!database) return refuse(database.error());
  net::EventLoop loop;
  Life life(loop, *std::move(settings), *std::move(database));
  return loop.run(life.live());
}

// The description of the API needs the rooms, but nothing of this machine.
int printOpenApi() {
  log::setLevel(log::Level::Error);
  auto database = store::Database::open("sqlite::memory:", migrations());
  if (!database) return refuse(database.error());
  net::EventLoop loop;
  const House house(loop.executor(), {}, **database, [] {});
  say(house.api().openApi());
  return 0;
}

int examine(std::vector<std::string> arguments) {
  for (const auto& finding : examineServer(config::environment(), std::move(arguments))) say(toJson(finding).as_object());
  return 0;
}

// FOLDER, or FOLDER and FILE.
int tryPolicy(const std::vector<std::string>& arguments, bool isReplay) {
  if (arguments.size() != (isReplay ? 2 : 1)) {
    say({{"failure", isReplay ? "--replay-policy takes a folder and a file" : "--check-policy takes a folder"}});
    return kExitInvalid;
  }
  if (!isReplay) return checkPolicy(arguments[0], say) ? 0 : kExitInvalid;
  std::ifstream file(arguments[1]);
  if (!file) return say({{"failure", arguments[1] + " cannot be read"}}), kExitInvalid;
  return replayPolicy(arguments[0], file, say) ? 0 : kExitInvalid;
}

int printHelp() {
  ServerSettings settings;
  std::puts("allmende-server: control plane and front door of Allmende. `allmende serve` starts it together with allmende-node.\n");
  std::fputs(config::help(config::slotsOf(settings)).c_str(), stdout);
  std::puts(
      "\n  --doctor                           Print what this machine has and lacks, a JSON object a line.\n"
      "  --check-policy FOLDER              Read the rules of FOLDER/rules and run the scenarios of FOLDER/scenarios.\n"
      "  --replay-policy FOLDER FILE        Let the rules of FOLDER/rules decide over the evidence of FILE.\n"
      "  --print-openapi                    Print the API as OpenAPI 3.1.\n"
      "  --print-settings                   Print these settings as a Markdown page.\n"
      "  --version                          Print the version.");
  return 0;
}

int start(std::vector<std::string> arguments) {
  const auto asks = [&](std::string_view flag) { return std::erase(arguments, flag) > 0; };
  if (asks("--help")) return printHelp();
  if (asks("--version")) return std::puts("allmende-server " ALLMENDE_VERSION), 0;
  if (asks("--print-openapi")) return printOpenApi();
  if (asks("--print-settings")) return std::fputs(settingsPage().c_str(), stdout), 0;
  if (asks("--check-policy")) return tryPolicy(arguments, false);
  if (asks("--replay-policy")) return tryPolicy(arguments, true);
  return asks("--doctor") ? examine(std::move(arguments)) : serve(std::move(arguments));
}

}  // namespace
}  // namespace allmende

int main(int count, char** arguments) {
  std::signal(SIGPIPE, SIG_IGN);
  allmende::log::setProgram("server");
  try {
    allmende::shareHeaps();
    return allmende::start({arguments + 1, arguments + count});
  } catch (const std::exception& bug) {
    allmende::log::error("server.broke", {{"error", bug.what()}});
    return 1;
  }
}
