#include "server/documents/runs.h"

#include "lib/base/log.h"
#include "server/documents/message_fields.h"
#include "server/documents/source_hash.h"

namespace allmende::documents {
namespace {

constexpr Duration kBetweenLooks{100};
constexpr int kMostLooks = 300;               // for a server that has just started to learn what runs
constexpr std::size_t kMostRemembered = 256;  // runs whose late output is still taken in

bool isBlank(std::string_view source) { return source.find_first_not_of(" \t\r\n") == std::string_view::npos; }

json::object errorOutput(std::string_view name, std::string_view why) {
  return {{"output_type", "error"}, {"ename", name}, {"evalue", why}, {"traceback", json::array{why}}};
}

bool isOutput(std::string_view type) {
  return type == "stream" || type == "display_data" || type == "execute_result" || type == "error" || type == "update_display_data" ||
         type == "clear_output";
}

}  // namespace

Runs::Runs(Executor executor, std::shared_ptr<Room> room, AccountId account, std::vector<Run> left, Running running, List listAll)
    : room_(std::move(room)),
      account_(std::move(account)),
      running_(running),
      listAll_(std::move(listAll)),
      session_("document-" + room_->record().id.text()),
      queue_(std::make_move_iterator(left.begin()), std::make_move_iterator(left.end())),
      writing_(executor),
      news_(executor),
      tasks_(executor) {
  if (!queue_.empty()) places_ = queue_.back().place;
}

void Runs::begin() { tasks_.spawn("run a document's cells", work()); }

Task<> Runs::stop() {
  if (link_) link_->abort();
  co_await tasks_.close();
}

void Runs::list(json::array& into) const {
  for (const auto& run : queue_) {
    into.push_back({{"id", run.id}, {"cell", run.cell}, {"state", run.state == Run::State::Queued ? "queued" : "running"}, {"by", run.name},
        {"account", run.askedBy.text()}, {"runtime_of", run.account.text()}, {"since", formatUtc(run.changedAt)}});
  }
}

const Run* Runs::find(const std::string& cell) const {
  const auto found = std::ranges::find(queue_, cell, &Run::cell);
  return found == queue_.end() ? nullptr : &*found;
}

std::optional<RunReport> Runs::report(const std::string& run) const {
  RunReport report;
  if (const auto queued = std::ranges::find(queue_, run, &Run::id); queued != queue_.end()) {
    report.cell = queued->cell;
    report.state = queued->state == Run::State::Queued ? RunReport::State::Queued : RunReport::State::Running;
    if (question_ && question_->run == run) {
      report.state = RunReport::State::Asking;
      report.prompt = textOf(question_->notice, "prompt");
      report.password = question_->notice.at("password") == true;
    }
    return report;
  }
  const auto ended = std::ranges::find(ended_, run, &std::pair<std::string, RunReport>::first);
  return ended == ended_.end() ? std::nullopt : std::optional(ended->second);
}

// ---- what is asked for ----

Task<Result<std::vector<Run>>> Runs::queue(Visitor by, std::vector<CellWish> wishes, KernelChoice kernel) {
  if (queue_.size() + wishes.size() > kMostQueued)
    co_return fail(Code::OverLimit, "{} cells wait already; {} at most do", queue_.size(), kMostQueued);
  CO_TRY(const auto cells, room_->document().listCells());
  std::vector<Run> runs;
  std::vector<std::string> blank;
  for (const auto& wish : wishes) {
    const auto cell = std::ranges::find(cells, wish.id, &ydoc::CellSource::id);
    if (cell == cells.end()) co_return fail(Code::NotFound, "there is no cell '{}' in this notebook", wish.id);
    if (cell->type != "code") co_return fail(Code::InvalidInput, "cell '{}' is {}, not code", wish.id, cell->type);
    if (wish.sourceHash && *wish.sourceHash != sourceHashOf(cell->source))
      co_return fail(Code::Conflict, "cell '{}' has been changed meanwhile; look at it and run it again", wish.id);
    if (wish.source && *wish.source != cell->source)
      co_return fail(Code::Conflict, "cell '{}' has been changed meanwhile; look at it and run it again", wish.id);
    if (isBlank(cell->source)) {
      blank.push_back(wish.id);
      continue;
    }
    runs.push_back({.id = randomUuid(),
        .document = room_->record().id,
        .place = ++places_,
        .cell = wish.id,
        .source = cell->source,
        .account = account_,
        .askedBy = by.account.value(),
        .name = by.name,
        .state = Run::State::Queued,
        .changedAt = running_.clock.now()});
  }
  if (running_.mayRun) {
    std::vector<CellToRun> asked;
    for (const auto& run : runs) asked.push_back({run.cell, run.source});
    CO_TRY(co_await running_.mayRun(by.account.value(), std::move(asked)));
  }
  CO_TRY(co_await running_.store.add(runs));
  for (const auto& cell : blank) change(room_->document().clearOutputs(cell));
  if (!runs.empty()) room_->addAuthor(by.name);
  choice_ = std::move(kernel);
  queue_.insert(queue_.end(), runs.begin(), runs.end());
  tellRuns();
  news_.notifyAll();
  co_return runs;
}

bool Runs::hasRunsOf(const AccountId& person) const { return std::ranges::find(queue_, person, &Run::askedBy) != queue_.end(); }

bool Runs::asks(const std::string& run, const AccountId& person) const {
  if (!question_ || question_->run != run) return false;
  const auto asked = std::ranges::find(queue_, run, &Run::id);
  return person == account_ || (asked != queue_.end() && asked->askedBy == person);
}

Task<Result<>> Runs::cancel(std::optional<AccountId> askedBy) {
  co_await forgetQueued(askedBy);
  if (queue_.empty() || kernel_.empty() || (askedBy && queue_.front().askedBy != *askedBy)) co_return Result<>{};
  co_return co_await running_.kernels.interrupt(account_, kernel_);
}

// All but the one that the kernel has.
Task<> Runs::forgetQueued(std::optional<AccountId> askedBy) {
  std::vector<std::string> gone;
  std::erase_if(queue_, [&](const auto& run) {
    const bool waits = run.state == Run::State::Queued && (!askedBy || run.askedBy == *askedBy);
    if (waits) gone.push_back(run.id);
    return waits;
  });
  tellRuns();
  news_.notifyAll();
  if (auto removed = co_await running_.store.remove(std::move(gone)); !removed)
    log::warning("runs.not_forgotten", {{"document", room_->record().id.text()}, {"error", removed.error().message}});
}

std::string Runs::Question::written(std::string_view value) const {
  const bool isSecret = notice.at("password") == true;
  return fmt::format("{}{}\n", std::string_view(notice.at("prompt").get_string()), isSecret ? "········" : value);
}

Task<Result<>> Runs::answer(std::string run, std::string value) {
  const auto held = co_await room_->turn();
  if (!question_ || question_->run != run || link_ == nullptr)
    co_return fail(Code::NotFound, "run '{}' does not ask for input (any more)", run);
  auto message = jupyter::makeMessage(jupyter::Channel::Stdin, "input_reply", session_,
      json::serialize(json::object{{"value", value}, {"status", "ok"}}), question_->request);
  change(room_->document().appendOutput(cells_[run], {{"output_type", "stream"}, {"name", "stdout"}, {"text", question_->written(value)}}));
  unask();
  const auto writing = co_await writing_.take();
  if (link_ == nullptr) co_return fail(Code::Unavailable, "the kernel cannot be reached just now");
  const auto link = link_;
  CO_TRY(co_await link->write({jupyter::encodeV1(message), true}));
  co_return Result<>{};
}

// ---- one after the other ----

Task<> Runs::work() {
  for (;;) {
    while (queue_.empty()) co_await news_.wait();
    auto run = co_await runFirst();
    if (!run) co_await giveUp("RuntimeUnavailable", run.error().message);
  }
}

Task<Result<>> Runs::runFirst() {
  // Before that, a kernel that lives would be taken for lost, and another one started.
  for (int looks = 0; !running_.kernels.areKnown() && looks < kMostLooks; ++looks) co_await news_.waitFor(kBetweenLooks);
  CO_TRY(co_await connect());
  if (queue_.empty()) co_return Result<>{};
  const auto id = queue_.front().id;
  if (queue_.front().state == Run::State::Queued) {
    CO_TRY(co_await sendFirst());
  } else {
    // Whether the kernel has it, shows when it answers this, which comes after it. An id of its own: an earlier server that has died may
    // have asked the same, and with two answers the run would be sent twice.
    probe_ = {.id = randomUuid(), .run = id};
    CO_TRY(co_await send("kernel_info_request", probe_.id, {}));
    log::info("run.asked_after", {{"document", room_->record().id.text()}, {"run", id}});
  }
  while (link_ != nullptr && !queue_.empty() && queue_.front().id == id) co_await news_.wait();
  co_return Result<>{};
}

Task<Result<>> Runs::sendFirst() {
  auto& first = queue_.front();
  first.state = Run::State::Sent;
  first.changedAt = running_.clock.now();
  const auto run = first;
  failed_.reset();
  count_.reset();
  idle_ = clearsNext_ = false;
  nextInput_.clear();
  tellRuns();
  {
    const auto held = co_await room_->turn();
    change(room_->document().beginRun(run.cell));
  }
  CO_TRY(co_await running_.store.markSent(run.id));
  cells_[run.id] = run.cell;
  volumes_[run.id] = {};
  std::erase_if(volumes_, [&](const auto& one) { return !cells_.contains(one.first); });
  if (cells_.size() > kMostRemembered) cells_.erase(cells_.begin()->first == run.id ? std::next(cells_.begin()) : cells_.begin());
  running_.kernels.touch(account_, kernel_);
  co_return co_await send("execute_request", run.id,
      {{"code", run.source}, {"silent", false}, {"store_history", true}, {"user_expressions", json::object()}, {"allow_stdin", true},
          {"stop_on_error", true}});
}

Task<Result<>> Runs::send(std::string type, std::string id, json::object content) {
  auto message = jupyter::makeMessage(jupyter::Channel::Shell, type, session_, json::serialize(content));
  CO_TRY(auto header, parseJsonObject(message.header));
  header["msg_id"] = id;
  message.header = json::serialize(header);
  const auto held = co_await writing_.take();
  if (link_ == nullptr) co_return Result<>{};  // it is sent again once there is a new one
  const auto link = link_;
  static_cast<void>(co_await link->write({jupyter::encodeV1(message), true}));
  co_return Result<>{};
}

// ---- the kernel ----

Task<Result<>> Runs::connect() {
  const auto record = room_->record();
  if (firstIsWithKernel() && link_ != nullptr) co_return Result<>{};
  CO_TRY(auto cursor, co_await running_.store.findCursor(record.id, account_));
  if (firstIsWithKernel()) {
    if (!cursor) co_return fail(Code::NotFound, "the kernel that ran this cell is not known any more");
    kernel_ = cursor->kernel;  // that one or none
    CO_TRY(const auto there, co_await running_.kernels.get(account_, kernel_));
    if (there.executionState == "dead") co_return fail(Code::Unavailable, "{}", there.reason.value_or("the kernel died"));
  } else {
    CO_TRY(auto kernel, co_await kernelOfNotebook());
    if (link_ != nullptr && kernel == kernel_) co_return Result<>{};
    if (link_ != nullptr) std::exchange(link_, nullptr)->abort();  // the notebook has been given another
    kernel_ = std::move(kernel);
  }
  if (!cursor || cursor->kernel != kernel_) {
    CO_TRY(co_await running_.store.setKernel(record.id, account_, kernel_));
    cursor = KernelCursor{kernel_, ""};
    cells_.clear();
    captures_ = {};
    widgets_ = {};
    volumes_.clear();
  }
  for (const auto& run : queue_) {
    if (run.state != Run::State::Queued) cells_[run.id] = run.cell;
  }
  // What an earlier server was told, and could not store any more, is told again.
  auto after = cursor->message;
  if (after.empty() && firstIsWithKernel()) after = runtimes::Kernels::kFromTheBeginning;
  CO_TRY(link_, co_await running_.kernels.open(account_, kernel_, session_, std::move(after)));
  tasks_.spawn("hear a document's kernel", read(link_));
  co_return Result<>{};
}

Task<Result<std::string>> Runs::kernelOfNotebook() {
  const auto record = room_->record();
  const auto path = sessionPathOf(record, account_);
  if (const auto session = running_.sessions.findByPath(account_, path)) {
    auto there = co_await running_.sessions.get(account_, *session);
    if (there && there->kernel.executionState != "dead") co_return there->kernel.id;
    // It died too often to be started anew by itself: what is to be run now gets another one.
    if (there) static_cast<void>(co_await running_.sessions.stop(account_, *session));
  }
  const auto name = fileNameOf(record.path);
  CO_TRY(auto made, co_await running_.sessions.start(
                        account_, {.path = path, .name = name, .type = "notebook", .kernelId = choice_.id, .kernelName = choice_.name}));
  co_return made.kernel.id;
}

Task<> Runs::read(Socket socket) {
  for (;;) {
    auto frame = co_await socket->read();
    if (!frame) break;
    auto message = jupyter::decodeV1(frame->bytes);
    if (message) co_await take(*std::move(message));
    co_await room_->storedTo(kMostUnstored);
  }
  if (link_ == socket) link_ = nullptr;
  news_.notifyAll();
}

Task<> Runs::take(jupyter::Message message) {
  const auto header = jupyter::readHeader(message.header);
  const auto parent = jupyter::readHeader(message.parentHeader);
  const auto state = jupyter::stateToldBy(header, message);
  if (state == "dead" || state == "restarting") {
    const auto content = parseJsonObject(message.content);
    const auto reason = content ? std::string(textOf(*content, "reason")) : std::string();
    if (firstIsWithKernel()) co_await giveUp("KernelDied", reason.empty() ? "the kernel was restarted" : reason);
    co_return;
  }
  if (header.type.starts_with("comm_")) {
    if (const auto content = parseJsonObject(message.content, 512)) {
      captures_.hear(header.type, *content);
      widgets_.hear(header.type, *content, message.buffers);
    }
    co_return;
  }
  if (!probe_.id.empty() && parent.id == probe_.id && header.type == "kernel_info_reply")
    co_return co_await answerProbe(std::exchange(probe_, {}).run);
  if (cells_.contains(parent.id)) co_await takeOfRun(parent.id, header.type, std::move(message));
}

Task<> Runs::takeOfRun(std::string run, std::string type, jupyter::Message message) {
  const Progress progress{.message = jupyter::readHeader(message.header).id, .startedRun = {}, .endedRun = {}};
  auto content = parseJsonObject(message.content, 512);
  if (!content) co_return;  // the kernel's own affair
  if (!volumes_.contains(run)) co_await measure(run);
  if (running_.outputs.mayBeLarge(message.content.size()) && content->contains("data") && !captures_.takes(run))
    content = co_await withoutLarge(run, *std::move(content));
  const auto held = co_await room_->turn();
  if (isOutput(type)) co_return takeOutput(run, type, *std::move(content), progress);
  if (queue_.empty() || queue_.front().id != run) co_return;
  if (type == "execute_input") co_return takeUp(progress);
  if (type == "input_request") co_return ask(run, message, *content);
  if (type == "execute_reply") takeReply(*content, progress);
  if (type == "status" && textOf(*content, "execution_state") == "idle") idle_ = true;
  if (failed_ && idle_) co_await finishFirst(progress, *failed_);
}

// Its payloads are what IPython wants a front end to do: show the text of a pager ("print?"), write into a cell ("%load").
void Runs::takeReply(const json::object& content, const Progress& progress) {
  failed_ = textOf(content, "status") != "ok";
  if (const auto* count = content.if_contains("execution_count"); count != nullptr && count->is_int64()) count_ = count->get_int64();
  const auto* payloads = content.if_contains("payload");
  if (payloads == nullptr || !payloads->is_array()) return;
  for (const auto& one : payloads->get_array()) {
    if (!one.is_object()) continue;
    const auto& payload = one.get_object();
    if (textOf(payload, "source") == "page") {
      json::object shown{{"data", valueOf(payload, "data", json::object())}, {"metadata", json::object()}};
      change(room_->document().appendOutput(queue_.front().cell, outputOf("display_data", std::move(shown))), progress);
    } else if (textOf(payload, "source") == "set_next_input") {
      nextInput_ = {{"text", textOf(payload, "text")}, {"replace", valueOf(payload, "replace", false)}};
    }
  }
}

void Runs::takeUp(Progress progress) {
  auto& first = queue_.front();
  first.state = Run::State::Started;
  first.changedAt = running_.clock.now();
  progress.startedRun = first.id;
  change(std::string(), progress);
  tellRuns();
}

void Runs::ask(const std::string& run, const jupyter::Message& message, const json::object& content) {
  const auto* password = content.if_contains("password");
  question_ = Question{.run = run,
      .request = message.header,
      .notice = {{"type", "input"}, {"run", run}, {"cell", cells_[run]}, {"account", queue_.front().askedBy.text()},
          {"prompt", textOf(content, "prompt")}, {"password", password != nullptr && *password == true}}};
  room_->tell(question_->notice);
}

void Runs::unask() {
  if (!question_) return;
  room_->tell({{"type", "input-done"}, {"run", question_->run}});
  question_.reset();
}

// Under the room's turn.
Task<> Runs::finishFirst(Progress progress, bool failed) {
  const auto run = queue_.front();
  queue_.pop_front();
  unask();
  progress.endedRun = run.id;
  progress.failed = failed;
  change(room_->document().endRun(run.cell, count_), progress);
  tellVolume(run.id);
  keepWidgets();
  tellEnd(run, failed);
  for (auto& told : captures_.untold()) static_cast<void>(co_await send("comm_msg", randomUuid(), std::move(told)));
  if (failed) co_await forgetQueued();
  tellRuns();
  news_.notifyAll();
}

void Runs::tellEnd(const Run& run, bool failed) {
  RunReport report;
  report.cell = run.cell;
  report.state = RunReport::State::Ended;
  report.failed = failed;
  report.count = count_;
  ended_.emplace_back(run.id, std::move(report));
  if (ended_.size() > kMostRemembered) ended_.pop_front();
  json::object notice{{"type", "run-ended"}, {"run", run.id}, {"cell", run.cell}, {"status", failed ? "error" : "ok"}, {"by", run.name},
      {"account", run.askedBy.text()}, {"runtime_of", run.account.text()}, {"started_at", formatUtc(run.changedAt)},
      {"ended_at", formatUtc(running_.clock.now())}};
  if (!nextInput_.empty()) notice["next_input"] = std::exchange(nextInput_, {});
  room_->tellInTurn(std::move(notice));
}

// The kernel has answered what was asked behind a run: it has had that, or never got it. When the run has ended by itself meanwhile, there
// is nothing to do: the next one, which may be first now, was not asked after, and would be run twice.
Task<> Runs::answerProbe(std::string run) {
  if (queue_.empty() || queue_.front().id != run) co_return;
  if (queue_.front().state == Run::State::Sent) {
    static_cast<void>(co_await sendFirst());
  } else if (queue_.front().state == Run::State::Started) {
    const auto held = co_await room_->turn();
    co_await finishFirst({}, false);
  }
}

// The first run ends with an error of ours, and the others are not begun.
Task<> Runs::giveUp(std::string name, std::string why) {
  const auto held = co_await room_->turn();
  if (queue_.empty()) co_return;
  const auto run = queue_.front();
  queue_.pop_front();
  unask();
  auto& document = room_->document();
  if (run.state == Run::State::Queued) change(document.beginRun(run.cell));
  change(document.appendOutput(run.cell, errorOutput(name, why)), Progress{});
  change(document.endRun(run.cell, std::nullopt), Progress{.message = {}, .startedRun = {}, .endedRun = run.id, .failed = true});
  count_.reset();
  tellEnd(run, true);
  co_await forgetQueued();
}

void Runs::change(Result<std::string> update, std::optional<Progress> progress) {
  if (!update) {
    log::warning("run.not_written", {{"document", room_->record().id.text()}, {"error", update.error().message}});
    update = std::string();
  }
  if (progress) {
    progress->account = account_;
    room_->addDone(*std::move(update), *std::move(progress));
  } else {
    room_->add(*std::move(update));
  }
}

}  // namespace allmende::documents
