#include "server/api/documents_api.h"

#include "server/api/contents_api.h"
#include "server/api/kernels_api.h"
#include "server/api/reply.h"

namespace allmende::api {
namespace {

using accounts::Scope;
using documents::DocumentId;

constexpr std::string_view kFormat = "json";
constexpr std::string_view kType = "notebook";
constexpr std::string_view kGlobalAwareness = "JupyterLab:globalAwareness";
constexpr std::size_t kLargestMessage = std::size_t{128} << 20U;  // a notebook that is pasted whole

// "json:notebook:doc_…"
Result<DocumentId> documentOf(std::string_view room) {
  const auto prefix = fmt::format("{}:{}:", kFormat, kType);
  if (!room.starts_with(prefix)) {
    return fail(Code::InvalidInput, "'{}' is no room of this server; one is named {}:{}: and the document's fileId", room.substr(0, 100),
        kFormat, kType);
  }
  return DocumentId::parse(room.substr(prefix.size()));
}

// [{"id" or "cell_id", "source_hash"?}]
Result<std::vector<documents::CellWish>> readCells(const json::object& body, std::string_view idKey) {
  const auto* list = body.if_contains("cells");
  if (list == nullptr || !list->is_array() || list->get_array().empty())
    return fail(Code::InvalidInput, "cells must be a list of at least one {{\"{}\", \"source_hash\"}}", idKey);
  std::vector<documents::CellWish> cells;
  for (const auto& one : list->get_array()) {
    const auto* id = one.is_object() ? findString(one.get_object(), idKey) : nullptr;
    if (id == nullptr) return fail(Code::InvalidInput, "each of cells must have a text '{}'", idKey);
    const auto* hash = findString(one.get_object(), "source_hash");
    cells.push_back({std::string(*id), hash == nullptr ? std::nullopt : std::optional(std::string(*hash)), {}});
  }
  return cells;
}

net::Response runError(const Error& error) {
  if (error.decision) return net::errorResponse(error);
  const auto reason = error.code == Code::Conflict ? std::string_view("source_mismatch") : nameOf(error.code);
  return jupyterError(net::httpStatusOf(error.code), error.message, reason);
}

}  // namespace

json::object revisionOf(const documents::Revision& revision) {
  return {{"id", revision.id}, {"made_at", formatUtc(revision.madeAt)}, {"authors", revision.authors}, {"name", revision.name},
      {"reason", revision.reason}, {"changes", documents::toJsonObject(revision.changes)}};
}

// Who may not even read is as good as nobody.
documents::Visitor visitorOf(const std::optional<accounts::Caller>& caller, const net::Query& query) {
  const bool hearsNotices = query.find("acknowledge") == "1";
  if (!caller || !caller->scopes.has(Scope::ReadContents)) return {.account = {}, .name = {}, .hearsNotices = hearsNotices};
  return {.account = caller->account,
      .name = caller->name,
      .most = caller->scopes.has(Scope::WriteContents) ? documents::Role::Owner : documents::Role::Viewer,
      .hearsNotices = hearsNotices};
}

Task<net::Response> DocumentsApi::session(Call call) {
  const auto body = parseJsonObject(call.request.body);
  if (!body) co_return jupyterError(400, body.error().message);
  const auto* format = findString(*body, "format");
  const auto* type = findString(*body, "type");
  if (format == nullptr || type == nullptr || *format != kFormat || *type != kType) {
    co_return jupyterError(
        400, fmt::format("live documents are of format '{}' and type '{}' here; open other files by the contents API", kFormat, kType));
  }
  auto opened = co_await documents_.open(call.account(), call.param(0));
  if (!opened) co_return contentsError(opened.error());
  co_return net::jsonResponse(opened->created ? 201 : 200,
      json::serialize(json::object{{"format", kFormat}, {"type", kType}, {"fileId", opened->id.text()}, {"sessionId", opened->session}}));
}

// What is wrong with a room is said with a close code, which is all that a browser's page hears.
Task<net::Answer> DocumentsApi::room(Call call) {
  auto visitor = visitorOf(call.caller, call.request.query);
  const std::string session(call.request.query.find("sessionId").value_or(""));
  const auto serve = [&documents = documents_, visitor, session, room = call.param(0)](std::shared_ptr<net::WebSocket> socket) -> Task<> {
    return serveRoom(documents, room, session, visitor, std::move(socket));
  };
  co_return net::Upgrade{.subprotocol = "", .maxMessage = kLargestMessage, .serve = serve};
}

Task<> DocumentsApi::serveRoom(documents::Documents& documents, std::string room, std::string session, documents::Visitor visitor,
    std::shared_ptr<net::WebSocket> socket) {
  if (room == kGlobalAwareness && !visitor.account)
    co_return co_await socket->close(net::closeCodeOf(Code::Unauthenticated), "sign in first");
  if (room == kGlobalAwareness) co_return co_await documents.serveAwareness(std::move(visitor), std::move(socket));
  const auto id = documentOf(room);
  if (!id) co_return co_await socket->close(net::closeCodeOf(id.error().code), id.error().message);
  co_await documents.serve(*id, std::move(session), std::move(visitor), std::move(socket));
}

// ---- running ----

Task<net::Response> DocumentsApi::run(Call call) {
  const auto id = DocumentId::parse(call.param(0));
  if (!id) co_return runError(id.error());
  const auto body = parseJsonObject(call.request.body);
  if (!body) co_return runError(body.error());
  auto cells = readCells(*body, "id");
  if (!cells) co_return runError(cells.error());
  const auto* kernel = findString(*body, "kernel_name");
  const auto* runtime = findString(*body, "runtime");
  if (runtime != nullptr && *runtime != "own" && *runtime != "owner")
    co_return jupyterError(400, fmt::format("runtime '{}' is neither own nor owner", std::string_view(*runtime).substr(0, 64)));
  const std::string kernelName(kernel == nullptr ? specs_.defaultName() : std::string(*kernel));
  if (specs_.find(kernelName) == nullptr) co_return noSuchKernelspec(kernelName);
  const auto queued = co_await documents_.run(*id, visitorOf(call.caller, call.request.query), *std::move(cells),
      documents::KernelChoice{.name = kernelName, .id = {}, .isOwners = runtime != nullptr && *runtime == "owner"});
  if (!queued) co_return runError(queued.error());
  json::array runs;
  for (const auto& one : *queued) runs.push_back({{"id", one.run}, {"cell", one.cell}});
  co_return net::jsonResponse(202, json::serialize(json::object{{"runs", std::move(runs)}}));
}

Task<net::Response> DocumentsApi::cancelRuns(Call call) {
  const auto id = DocumentId::parse(call.param(0));
  if (!id) co_return runError(id.error());
  const auto cancelled = co_await documents_.cancelRuns(*id, visitorOf(call.caller, call.request.query));
  co_return cancelled ? emptyReply(204) : runError(cancelled.error());
}

Task<net::Response> DocumentsApi::answerInput(Call call) {
  const auto id = DocumentId::parse(call.param(0));
  if (!id) co_return runError(id.error());
  const auto body = parseJsonObject(call.request.body);
  if (!body) co_return runError(body.error());
  const auto* run = findString(*body, "run");
  const auto* value = findString(*body, "value");
  if (run == nullptr || value == nullptr) co_return jupyterError(400, "run and value must be texts");
  const auto answered =
      co_await documents_.answerInput(*id, visitorOf(call.caller, call.request.query), std::string(*run), std::string(*value));
  co_return answered ? emptyReply(204) : runError(answered.error());
}

Task<net::Response> DocumentsApi::runInKernel(Call call) {
  const auto kernel = call.param(0);
  if (!kernels_.has(call.account(), kernel)) co_return kernelError(kernels_.notFound(call.account(), kernel));
  const auto body = parseJsonObject(call.request.body);
  if (!body) co_return runError(body.error());
  if (body->contains("code")) co_return co_await runCode(std::move(call), *body);
  const auto* room = findString(*body, "document_id");
  if (room == nullptr) co_return jupyterError(400, "document_id must be the name of a room, json:notebook: and the document's fileId");
  const auto id = documentOf(*room);
  if (!id) co_return runError(id.error());
  Result<std::vector<documents::CellWish>> cells;
  if (const auto* cell = findString(*body, "cell_id")) {
    cells->push_back({std::string(*cell), {}, {}});
  } else {
    cells = readCells(*body, "cell_id");
  }
  if (!cells) co_return runError(cells.error());
  const auto queued = co_await documents_.run(*id, visitorOf(call.caller, call.request.query), *std::move(cells),
      documents::KernelChoice{.name = specs_.defaultName(), .id = kernel});
  if (!queued) co_return runError(queued.error());
  co_return net::jsonResponse(200, "null");
}

// jupyter-server-nbmodel's way: the code itself, which has to be that of a cell, and an address to ask at how it stands. What that server
// takes besides, an address of another server to run it on, would have us send requests wherever somebody wants.
Task<net::Response> DocumentsApi::runCode(Call call, json::object body) {
  const auto kernel = call.param(0);
  if (body.contains("server")) co_return jupyterError(400, "code runs in this server's kernels alone; leave 'server' out");
  const auto* code = findString(body, "code");
  const auto* metadata = body.if_contains("metadata");
  const auto* where = metadata == nullptr ? nullptr : metadata->if_object();
  const auto* room = where == nullptr ? nullptr : findString(*where, "document_id");
  const auto* cell = where == nullptr ? nullptr : findString(*where, "cell_id");
  if (code == nullptr || room == nullptr || cell == nullptr)
    co_return jupyterError(400, "code must be a text, and metadata must say by document_id and cell_id of which cell it is");
  const auto id = documentOf(*room);
  if (!id) co_return runError(id.error());
  std::vector<documents::CellWish> wishes{{std::string(*cell), {}, std::string(*code)}};
  const auto queued = co_await documents_.run(
      *id, visitorOf(call.caller), std::move(wishes), documents::KernelChoice{.name = specs_.defaultName(), .id = kernel});
  if (!queued) co_return runError(queued.error());
  if (queued->empty()) co_return jupyterError(400, "there is nothing to run in an empty cell");
  const auto report = co_await documents_.reportRun(visitorOf(call.caller), queued->front().run);
  const auto address = fmt::format("{}api/kernels/{}/requests/{}", baseUrl_, kernel, queued->front().run);
  auto response = net::jsonResponse(202, json::serialize(json::object{{"request_id", queued->front().run}, {"kernel_id", kernel},
                                             {"cell_id", *cell}, {"document_path", report ? report->path : ""}, {"pending", true},
                                             {"request_status", "queued"}, {"request_url", address}, {"outputs", "[]"}}));
  response.headers.add("Location", address);
  co_return response;
}

Task<net::Response> DocumentsApi::readRequest(Call call) {
  const auto report = co_await documents_.reportRun(visitorOf(call.caller), call.param(1));
  if (!report) co_return runError(report.error());
  using State = documents::RunReport::State;
  const auto outputs = json::serialize(report->outputs);
  if (report->state == State::Asking) {
    auto response = net::jsonResponse(300, json::serialize(json::object{{"parent_header", {{"msg_id", call.param(1)}}},
                                               {"input_request", {{"prompt", report->prompt}, {"password", report->password}}}}));
    response.headers.add("Location", fmt::format("{}api/kernels/{}/requests/{}/input", baseUrl_, call.param(0), call.param(1)));
    co_return response;
  }
  if (report->state != State::Ended) {
    co_return net::jsonResponse(202, json::serialize(json::object{{"request_id", call.param(1)}, {"kernel_id", call.param(0)},
                                         {"cell_id", report->cell}, {"document_path", report->path}, {"pending", true},
                                         {"request_status", report->state == State::Queued ? "queued" : "running"}, {"outputs", outputs}}));
  }
  json::object said{{"status", report->failed ? "error" : "ok"}, {"execution_count", nullptr}, {"outputs", outputs}};
  if (report->count) said["execution_count"] = *report->count;
  co_return net::jsonResponse(200, json::serialize(said));
}

Task<net::Response> DocumentsApi::answerRequest(Call call) {
  const auto body = parseJsonObject(call.request.body);
  if (!body) co_return runError(body.error());
  const auto* input = findString(*body, "input");
  if (input == nullptr) co_return jupyterError(400, "input must be a text");
  const auto report = co_await documents_.reportRun(visitorOf(call.caller), call.param(1));
  if (!report) co_return runError(report.error());
  const auto answered = co_await documents_.answerInput(report->document, visitorOf(call.caller), call.param(1), std::string(*input));
  co_return answered ? net::jsonResponse(201, "{}") : runError(answered.error());
}

Task<net::Response> DocumentsApi::listLastRuns(Call call) {
  const auto id = DocumentId::parse(call.param(0));
  if (!id) co_return runError(id.error());
  const auto runs = co_await documents_.listLastRuns(*id, visitorOf(call.caller, call.request.query));
  if (!runs) co_return runError(runs.error());
  json::array list;
  for (const auto& run : *runs) list.push_back(documents::noticeOf(run));
  co_return net::jsonResponse(200, json::serialize(json::object{{"runs", std::move(list)}}));
}

Task<net::Response> DocumentsApi::readRest(Call call) {
  const auto id = DocumentId::parse(call.param(0));
  if (!id) co_return runError(id.error());
  auto text = co_await documents_.readRest(*id, visitorOf(call.caller, call.request.query), call.param(1));
  if (!text) co_return runError(text.error());
  auto response = net::textResponse(200, *std::move(text));
  if (call.request.query.find("download")) response.headers.add("Content-Disposition", net::attachmentOf("output.txt"));
  co_return response;
}

Task<net::Response> DocumentsApi::readOutput(Call call) {
  const auto id = DocumentId::parse(call.param(0));
  if (!id) co_return runError(id.error());
  auto file = co_await documents_.openOutput(*id, visitorOf(call.caller, call.request.query), call.param(1));
  if (!file) co_return runError(file.error());
  net::Response response;
  response.headers.add("Content-Type", "application/json");
  response.headers.add("Cache-Control", "private, max-age=31536000, immutable");  // its address is its hash
  response.body = *std::move(file);
  co_return response;
}

Task<net::Response> DocumentsApi::adoptOutputs(Call call) {
  const auto id = DocumentId::parse(call.param(0));
  if (!id) co_return runError(id.error());
  const auto body = parseJsonObject(call.request.body);
  if (!body) co_return jupyterError(400, body.error().message);
  const auto* named = findString(*body, "from");
  const auto from = DocumentId::parse(named == nullptr ? "" : *named);
  if (!from) co_return jupyterError(400, "from must be the id of a document, such as doc_0123456789abcdef0123");
  const auto* list = body->if_contains("hashes");
  constexpr std::size_t kMostHashes = 1'000;
  if (list == nullptr || !list->is_array() || list->get_array().size() > kMostHashes)
    co_return jupyterError(400, fmt::format("hashes must be a list of at most {} hashes of outputs", kMostHashes));
  std::vector<std::string> hashes;
  for (const auto& hash : list->get_array()) {
    if (!hash.is_string()) co_return jupyterError(400, "hashes must be texts of 64 hex digits");
    hashes.emplace_back(hash.get_string());
  }
  const auto done = co_await documents_.adoptOutputs(*id, visitorOf(call.caller, call.request.query), *from, std::move(hashes));
  co_return done ? emptyReply(204) : runError(done.error());
}

// ---- earlier states ----

Task<net::Response> DocumentsApi::listRevisions(Call call) {
  const auto id = DocumentId::parse(call.param(0));
  if (!id) co_return runError(id.error());
  const auto revisions = co_await documents_.listRevisions(*id, visitorOf(call.caller, call.request.query));
  if (!revisions) co_return runError(revisions.error());
  json::array list;
  for (const auto& revision : *revisions) list.push_back(revisionOf(revision));
  co_return net::jsonResponse(200, json::serialize(json::object{{"revisions", std::move(list)}}));
}

Task<net::Response> DocumentsApi::nameRevision(Call call) {
  const auto id = DocumentId::parse(call.param(0));
  if (!id) co_return runError(id.error());
  const auto body = parseJsonObject(call.request.body);
  if (!body) co_return runError(body.error());
  const auto* name = findString(*body, "name");
  if (name == nullptr) co_return jupyterError(400, "name must be a text");
  const auto made = co_await documents_.nameRevision(*id, visitorOf(call.caller, call.request.query), std::string(*name));
  co_return made ? net::jsonResponse(201, json::serialize(revisionOf(*made))) : runError(made.error());
}

Task<net::Response> DocumentsApi::readRevision(Call call) {
  const auto id = DocumentId::parse(call.param(0));
  if (!id) co_return runError(id.error());
  const auto notebook = co_await documents_.readRevision(*id, visitorOf(call.caller, call.request.query), call.param(1));
  co_return notebook ? net::jsonResponse(200, json::serialize(*notebook)) : runError(notebook.error());
}

Task<net::Response> DocumentsApi::restoreRevision(Call call) {
  const auto id = DocumentId::parse(call.param(0));
  if (!id) co_return runError(id.error());
  const auto body = parseJsonObject(call.request.body.empty() ? std::string_view("{}") : std::string_view(call.request.body));
  if (!body) co_return runError(body.error());
  const auto* wanted = body->if_contains("cell");
  if (wanted != nullptr && !wanted->is_string())
    co_return jupyterError(400, "cell must be the id of a cell; without it all become as they were");
  const auto cell = wanted == nullptr ? std::nullopt : std::optional(std::string(wanted->get_string()));
  const auto restored = co_await documents_.restoreRevision(*id, visitorOf(call.caller, call.request.query), call.param(1), cell);
  co_return restored ? emptyReply(204) : runError(restored.error());
}

}  // namespace allmende::api
