#pragma once
// Runtimes as we show them, and the files inside. Behind the door of server/api.

#include "server/api/policy_api.h"
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

// Where a runtime stands that waits.
struct QueueView {
  std::int64_t place = 0;
  std::int64_t of = 0;
  std::optional<std::int64_t> estimateS;
  std::optional<std::string> paused;
};
constexpr auto fieldsOf(Type<QueueView>) {
  return record("QueuePlace", field("place", &QueueView::place, "1 = next."), field("of", &QueueView::of, "How many wait."),
      field("estimate_s", &QueueView::estimateS, "Seconds until its turn, judged by how often places became free; absent when unknown."),
      field("paused", &QueueView::paused, "Why nobody is let in just now; absent = somebody is."));
}

// When it ends unless something is done; announced before.
struct OutlookView {
  std::optional<Instant> idleEndsAt;
  bool neededByOthers = false;
  std::optional<Instant> unitsEndAt;
};
constexpr auto fieldsOf(Type<OutlookView>) {
  using O = OutlookView;
  return record("RuntimeOutlook",
      field("idle_ends_at", &O::idleEndsAt, "When it is stopped if nothing runs in it until then; absent while something runs."),
      field("needed_by_others", &O::neededByOthers, "Others wait for a place, so that an idle runtime ends sooner."),
      field("units_end_at", &O::unitsEndAt, "When its person's compute units are used up; absent where they are not counted."));
}

// What it may do in the network, and what it did.
struct NetworkView {
  std::string access;
  std::int64_t sent = 0;
  std::int64_t received = 0;
};
constexpr auto fieldsOf(Type<NetworkView>) {
  using N = NetworkView;
  return record("RuntimeNetwork",
      field("access", &N::access,
          "egress: the public internet, but no private network; allow-list: what its tier names; none: nothing, because its tier or this "
          "machine has none."),
      field("sent", &N::sent, "Bytes since it began."), field("received", &N::received, "Bytes since it began."));
}

struct UseView {
  Instant at;
  std::int64_t memoryBytes = 0;
  double cpus = 0;
};
constexpr auto fieldsOf(Type<UseView>) {
  return record("RuntimeUse", field("at", &UseView::at), field("memory_bytes", &UseView::memoryBytes, "Working set at that moment."),
      field("cpus", &UseView::cpus, "Processors, on average since the moment before."));
}

struct RuntimeView {
  runtimes::RuntimeId id;
  std::string name;
  std::string state;
  std::optional<std::string> reason;
  std::optional<std::string> message;
  Instant startedAt;
  Instant endsAt;
  std::optional<Share> memory;
  std::optional<CpuShare> cpu;
  std::optional<Share> disk;
  std::optional<Share> drive;
  std::optional<Share> processes;
  std::optional<NetworkView> network;
  std::int64_t kernels = 0;
  std::string image;
  std::string tier;
  std::optional<std::string> accelerator;
  std::optional<Share> acceleratorMemory;
  std::optional<double> acceleratorBusy;
  std::optional<OutlookView> outlook;
  std::optional<QueueView> queue;
  std::vector<DecisionView> decisions;
};
constexpr auto fieldsOf(Type<RuntimeView>) {
  using R = RuntimeView;
  return record("Runtime", field("id", &R::id, "Begins with rt_."),
      field("name", &R::name, "Its person's; empty: the one that everything uses unless told otherwise."),
      field("state", &R::state, "queued, starting, ready, stopping or stopped."),
      field("reason", &R::reason,
          "Of a stopped one, in a word: stopped, stopped_by_operator, cancelled, idle, needed, lifetime, quota, policy, out_of_memory, "
          "exited, "
          "killed, engine_gone, start_failed. Of a ready one: memory_ran_out when a process was killed for memory."),
      field("message", &R::message, "The same as a sentence."), field("started_at", &R::startedAt, "When it began."),
      field("ends_at", &R::endsAt, "When its time is over."), field("memory", &R::memory, "Bytes; absent when it does not run."),
      field("cpu", &R::cpu, "Computing."), field("disk", &R::disk, "Bytes."),
      field("drive", &R::drive,
          "Bytes of its account's files, which it sees in /content/drive/MyDrive; absent where it does not. While they are more than the "
          "limit nothing can be written to them there; a limit of 0 is none."),
      field("processes", &R::processes, "Processes and threads."), field("network", &R::network, "Absent when it does not run."),
      field("kernels", &R::kernels, "How many kernels run in it."), field("image", &R::image, "What it was made from."),
      field("tier", &R::tier, "Whose limits it has."),
      field("accelerator", &R::accelerator, "The device it has, such as nvidia.com/gpu=0, or the kind that it waits for."),
      field("accelerator_memory", &R::acceleratorMemory, "Bytes; absent where its maker's library does not tell."),
      field("accelerator_busy", &R::acceleratorBusy, "Of the last moments, 0 to 1; absent where nobody knows."),
      field("outlook", &R::outlook, "Of a ready one."), field("queue", &R::queue, "Of a queued one."),
      field("decisions", &R::decisions, "What holds of it by the rules of the commons, the last first."));
}

struct RuntimeWish {
  std::optional<std::string> name;
};
constexpr auto fieldsOf(Type<RuntimeWish>) {
  return record("RuntimeWish", field("name", &RuntimeWish::name, "Which one; absent = the one without a name."));
}

struct RuntimeName {
  std::string name;
};
constexpr auto fieldsOf(Type<RuntimeName>) {
  return record("RuntimeName", field("name", &RuntimeName::name, "1 to 40 bytes on one line."));
}

// Whose runtimes are listed.
struct OfNotebook {
  std::optional<std::string> notebook;
};
constexpr auto fieldsOf(Type<OfNotebook>) {
  return record("OfNotebook",
      field("notebook", &OfNotebook::notebook, "The path of a notebook's session: only the runtimes of the name that it uses."));
}

struct NotebookRuntime {
  std::string path;
  std::string runtime;
};
constexpr auto fieldsOf(Type<NotebookRuntime>) {
  return record("NotebookRuntime", field("path", &NotebookRuntime::path, "Of the notebook's session."),
      field("runtime", &NotebookRuntime::runtime, "The name of the runtime it uses; empty: the one without a name."));
}

struct PackageView {
  std::string name;
  std::string version;
};
constexpr auto fieldsOf(Type<PackageView>) {
  return record("Package", field("name", &PackageView::name), field("version", &PackageView::version));
}

struct PackagesView {
  std::vector<PackageView> kept;
  std::vector<PackageView> added;
  std::int64_t addedBytes = 0;
  bool possible = false;
};
constexpr auto fieldsOf(Type<PackagesView>) {
  using P = PackagesView;
  return record("Packages", field("kept", &P::kept, "Python packages that lie among the person's files, for every runtime."),
      field("added", &P::added, "Those that were installed in this runtime and are not kept."),
      field("added_bytes", &P::addedBytes, "How much room these would take."),
      field("possible", &P::possible, "Whether there is a place to keep them in."));
}

class RuntimesApi {
 public:
  RuntimesApi(runtimes::Runtimes& runtimes, runtimes::Kernels& kernels, runtimes::Sessions& sessions, runtimes::Care& care,
      enforcement::Enforcement& enforcement, const policy::Book& book)
      : runtimes_(runtimes), kernels_(kernels), sessions_(sessions), care_(care), enforcement_(enforcement), book_(book) {}

  Task<Result<std::vector<RuntimeView>>> list(accounts::Caller caller, InQuery<OfNotebook> which);
  Task<Result<Created<RuntimeView>>> start(accounts::Caller caller, RuntimeWish wish);
  Task<Result<>> rename(accounts::Caller caller, runtimes::RuntimeId id, RuntimeName name);
  Task<Result<NotebookRuntime>> choice(accounts::Caller caller, InQuery<OfNotebook> which);
  Task<Result<>> choose(accounts::Caller caller, NotebookRuntime choice);
  Task<Result<>> stop(accounts::Caller caller, runtimes::RuntimeId id);
  Task<Result<>> keep(accounts::Caller caller, runtimes::RuntimeId id);
  Task<Result<std::vector<UseView>>> use(accounts::Caller caller, runtimes::RuntimeId id);

  // Python packages that were installed in a runtime: told, kept for the next one, forgotten.
  Task<Result<PackagesView>> packages(accounts::Caller caller, runtimes::RuntimeId id);
  Task<Result<PackagesView>> keepPackages(accounts::Caller caller, runtimes::RuntimeId id);
  Task<Result<PackagesView>> forgetPackages(accounts::Caller caller, runtimes::RuntimeId id);

  // The agent's own answers about the files of /content.
  Task<net::Response> contents(Call call);
  Task<net::Response> files(Call call);

 private:
  Task<RuntimeView> viewOf(runtimes::Runtime runtime);
  Task<Result<PackagesView>> askPackages(AccountId of, runtimes::RuntimeId id, net::Method method);
  Task<net::Response> forward(Call call, std::string_view below);

  runtimes::Runtimes& runtimes_;
  runtimes::Kernels& kernels_;
  runtimes::Sessions& sessions_;
  runtimes::Care& care_;
  enforcement::Enforcement& enforcement_;
  const policy::Book& book_;
};

}  // namespace allmende::api
