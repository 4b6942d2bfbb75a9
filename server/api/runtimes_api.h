#pragma once
// Runtimes as we show them, and the files inside. Behind the door of server/api.

#include "server/api/typed.h"
#include "server/runtimes/runtimes.h"

namespace allmende::api {

struct Share {
  std::int64_t used = 0;
  std::int64_t limit = 0;
};
constexpr auto fieldsOf(Type<Share>) {
  return record("Share", field("used", &Share::used, "In use now."), field("limit", &Share::limit, "Allowed."));
}

struct CpuShare {
  double usedS = 0;
  double limit = 0;
};
constexpr auto fieldsOf(Type<CpuShare>) {
  return record("CpuShare", field("used_s", &CpuShare::usedS, "Seconds of computing so far."),
      field("limit", &CpuShare::limit, "Processors at once."));
}

struct RuntimeView {
  runtimes::RuntimeId id;
  std::string state;
  std::optional<std::string> reason;
  std::optional<std::string> message;
  Instant startedAt;
  Instant endsAt;
  std::optional<Share> memory;
  std::optional<CpuShare> cpu;
  std::optional<Share> disk;
  std::optional<Share> processes;
  std::int64_t kernels = 0;
  std::string image;
};
constexpr auto fieldsOf(Type<RuntimeView>) {
  using R = RuntimeView;
  return record("Runtime", field("id", &R::id, "Begins with rt_."), field("state", &R::state, "starting, ready, stopping or stopped."),
      field("reason", &R::reason,
          "Of a stopped one, in a word: stopped, lifetime, out_of_memory, exited, killed, engine_gone, start_failed. "
          "Of a ready one: memory_ran_out when a process was killed for memory."),
      field("message", &R::message, "The same as a sentence."), field("started_at", &R::startedAt, "When it began."),
      field("ends_at", &R::endsAt, "When its time is over."), field("memory", &R::memory, "Bytes; absent when it does not run."),
      field("cpu", &R::cpu, "Computing."), field("disk", &R::disk, "Bytes."), field("processes", &R::processes, "Processes and threads."),
      field("kernels", &R::kernels, "How many kernels run in it."), field("image", &R::image, "What it was made from."));
}

class RuntimesApi {
 public:
  RuntimesApi(runtimes::Runtimes& runtimes, runtimes::Kernels& kernels) : runtimes_(runtimes), kernels_(kernels) {}

  Task<Result<std::vector<RuntimeView>>> list(accounts::Caller caller);
  Task<Result<Created<RuntimeView>>> start(accounts::Caller caller);
  Task<Result<>> stop(accounts::Caller caller, runtimes::RuntimeId id);

  // The agent's own answers about the files of /content.
  Task<net::Response> contents(Call call);
  Task<net::Response> files(Call call);

 private:
  Task<RuntimeView> viewOf(runtimes::Runtime runtime);
  Task<net::Response> forward(Call call, std::string_view below);

  runtimes::Runtimes& runtimes_;
  runtimes::Kernels& kernels_;
};

}  // namespace allmende::api
