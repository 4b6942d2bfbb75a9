#pragma once
// Runs cells of a document in one person's kernel, one after the other, and writes what it says into the document. Behind the door of
// server/documents.
//
// The kernel is that of the notebook's session in the person's own runtime, started when there is none; others ask for runs in it by leave.
// Each of its messages is taken in once: what it changed is stored together with its id, behind which the agent's journal goes on after a
// restart of this server.

#include <deque>
#include <map>
#include <memory>

#include "lib/jupyter/jupyter.h"
#include "server/documents/captures.h"
#include "server/documents/room.h"
#include "server/documents/widget_states.h"
#include "server/runtimes/runtimes.h"

namespace allmende::documents {

// What the runs of all documents share. All of it outlives them.
struct Running {
  RunStore& store;
  runtimes::Kernels& kernels;
  runtimes::Sessions& sessions;
  const Clock& clock;
  const LargeOutputs& outputs;
  net::Pool& pool;
  std::function<Task<Result<>>(AccountId, std::vector<CellToRun>)> mayRun = {};  // see Documents::onRun
};

class Runs {
 public:
  static constexpr std::size_t kMostQueued = 10'000;  // cells of one document
  // Bytes of one run: of text that the notebook holds, of text that is kept beside it, and of pictures and the like. What comes beyond
  // that is counted, and said.
  static constexpr std::size_t kMostText = 1U << 20U;
  static constexpr std::size_t kMostRest = 32U << 20U;
  static constexpr std::size_t kMostRich = 64U << 20U;

  // Bytes that were heard and are not stored: less than the agent's journal keeps for who was told and has lost it (a MiB), so that nothing
  // is lost when the server dies.
  static constexpr std::size_t kMostUnstored = 512U << 10U;

  // `left` are runs of theirs that an earlier server had taken on; `listAll` says what everybody runs in the document.
  using List = std::function<json::object()>;
  Runs(Executor executor, std::shared_ptr<Room> room, AccountId account, std::vector<Run> left, Running running, List listAll);

  void begin();
  Task<> stop();
  bool isIdle() const { return queue_.empty(); }

  // What waits and runs, as notices have it.
  void list(json::array& into) const;
  // That of a cell, null when it neither waits nor runs.
  const Run* find(const std::string& cell) const;
  // The notice of the input() that is asked for, null when none is.
  const json::object* findQuestion() const { return question_ ? &question_->notice : nullptr; }
  // How a run stands, as Runners has it.
  std::optional<RunReport> report(const std::string& run) const;
  // The name of who runs the first of them.
  std::string runner() const { return queue_.empty() ? std::string() : queue_.front().name; }
  // Whether somebody has asked for one of them.
  bool hasRunsOf(const AccountId& person) const;
  // Whether it is theirs to answer what is asked for.
  bool asks(const std::string& run, const AccountId& person) const;

  // Under the room's turn: takes cells on, behind those that wait. Fails with NotFound for a cell that is not there, InvalidInput for one
  // that is no code, Conflict when its source is not what the asker saw; then none is taken on. Cells without source have their outputs
  // cleared and are not run.
  Task<Result<std::vector<Run>>> queue(Visitor by, std::vector<CellWish> cells, KernelChoice kernel);
  // Forgets those that wait and interrupts the one that runs; all, or those that `askedBy` asked for.
  Task<Result<>> cancel(std::optional<AccountId> askedBy = {});
  // Answers the input() of a run. NotFound when it does not ask any more.
  Task<Result<>> answer(std::string run, std::string value);

 private:
  struct Question {
    std::string run;
    std::string request;  // the header of the kernel's message
    json::object notice;
    // What stands below the cell for it once it is answered.
    std::string written(std::string_view value) const;
  };
  // How much a run has said.
  struct Volume {
    std::size_t text = 0;
    std::size_t rest = 0;
    std::size_t rich = 0;
    std::size_t lost = 0;
    bool isMarked = false;  // the notebook says that there is more
  };
  using Socket = std::shared_ptr<net::WebSocket>;

  Task<> work();
  Task<Result<>> runFirst();
  Task<Result<>> connect();
  Task<Result<std::string>> kernelOfNotebook();
  Task<Result<>> send(std::string type, std::string id, json::object content);
  Task<Result<>> sendFirst();
  Task<> read(Socket socket);
  Task<> take(jupyter::Message message);
  Task<> takeOfRun(std::string run, std::string type, jupyter::Message message);
  void takeOutput(const std::string& run, const std::string& type, json::object content, const Progress& progress);
  void takeStream(const std::string& run, const json::object& content, Progress progress);
  Task<> measure(std::string run);
  Task<json::object> withoutLarge(std::string run, json::object content);
  void clear(const std::string& run, std::optional<Progress> progress);
  void mark(const std::string& run);
  void tellVolume(const std::string& run);
  json::object restOf(const std::string& run, const Volume& volume) const;
  void takeReply(const json::object& content, const Progress& progress);
  void takeUp(Progress progress);
  void ask(const std::string& run, const jupyter::Message& message, const json::object& content);
  void unask();
  Task<> finishFirst(Progress progress, bool failed);
  void keepWidgets();
  void tellEnd(const Run& run, bool failed);
  Task<> giveUp(std::string name, std::string why);
  Task<> forgetQueued(std::optional<AccountId> askedBy = {});
  Task<> answerProbe(std::string run);
  void change(Result<std::string> update, std::optional<Progress> progress = std::nullopt);
  bool firstIsWithKernel() const { return !queue_.empty() && queue_.front().state != Run::State::Queued; }
  void tellRuns() { room_->tellInTurn(listAll_()); }

  std::shared_ptr<Room> room_;
  AccountId account_;  // whose kernel it is
  Running running_;
  List listAll_;
  std::string session_;  // by which the agent knows this client
  std::deque<Run> queue_;
  std::int64_t places_ = 0;
  KernelChoice choice_;
  std::string kernel_;
  Socket link_;
  std::map<std::string, std::string> cells_;             // by run: those that ran in this kernel
  std::deque<std::pair<std::string, RunReport>> ended_;  // the last ones, by run
  struct Probe {
    std::string id;  // of the message; empty when nothing was asked
    std::string run;
  };
  Probe probe_;
  bool clearsNext_ = false;            // clear_output(wait=True)
  std::optional<bool> failed_;         // the first run's reply, once it is there
  std::optional<std::int64_t> count_;  // the execution count in it
  bool idle_ = false;                  // and its end
  json::object nextInput_;             // what its reply wants to be written into a cell, if anything: {"text", "replace"}
  Captures captures_;
  WidgetStates widgets_;
  std::map<std::string, Volume> volumes_;  // by run
  std::optional<Question> question_;
  Turn writing_;  // to the kernel: its answer can be here before the write has returned
  Notifier news_;
  TaskScope tasks_;
};

}  // namespace allmende::documents
