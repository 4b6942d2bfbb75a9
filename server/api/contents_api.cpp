#include "server/api/contents_api.h"

#include "server/api/reply.h"

namespace allmende::api {
namespace {

std::string_view trimmedSlashes(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

// As models spell it.
std::string pathOf(const Call& call) { return std::string(trimmedSlashes(call.param(0))); }

// "0" or "1" of the query; `otherwise` when absent.
Result<bool> readFlag(const net::Query& query, std::string_view name, bool otherwise) {
  const auto text = query.find(name);
  if (!text) return otherwise;
  if (*text == "0" || *text == "1") return *text == "1";
  return fail(Code::InvalidInput, "{} '{}' is invalid. It must be '0' or '1'.", name, text->substr(0, 64));
}

Result<contents::GetWish> readWish(const net::Query& query) {
  contents::GetWish wish;
  if (const auto type = query.find("type")) wish.type = std::string(*type);
  if (const auto format = query.find("format")) wish.format = std::string(*format);
  if (wish.format && *wish.format != "text" && *wish.format != "base64")
    return fail(Code::InvalidInput, "Format '{}' is invalid", wish.format->substr(0, 64));
  TRY(wish.content, readFlag(query, "content", true));
  TRY(wish.hash, readFlag(query, "hash", false));
  return wish;
}

// The hash in an If-Match of one entity tag (RFC 9110, 13.1.1); empty for none, and for "*".
std::string hashIn(std::string_view ifMatch) {
  if (ifMatch.starts_with('"')) ifMatch.remove_prefix(1);
  if (ifMatch.ends_with('"')) ifMatch.remove_suffix(1);
  return ifMatch == "*" ? std::string() : std::string(ifMatch);
}

}  // namespace

net::Response contentsError(const Error& error) {
  if (error.code == Code::OverLimit) return jupyterError(413, error.message, "over_limit");
  return jupyterError(net::httpStatusOf(error.code), error.message, nameOf(error.code));
}

net::Response ContentsApi::modelReply(int status, const contents::Model& model) const {
  auto response = net::jsonResponse(status, model.json);
  response.headers.add("Location", locationOf(model.path));
  response.headers.add("Last-Modified", net::httpDate(model.lastModified));
  return response;
}

Task<net::Response> ContentsApi::get(Call call) {
  auto wish = readWish(call.request.query);
  if (!wish) co_return contentsError(wish.error());
  const auto path = call.param(0);
  if (wish->content || wish->hash) co_await documents_.settle(call.account(), pathOf(call));
  auto model = co_await contents_.get(call.account(), path, *std::move(wish));
  // A quirk that clients know: this one answer is plain text.
  if (!model && model.error().code == Code::NotFound)
    co_return net::textResponse(404, fmt::format("file or directory '{}' does not exist", trimmedSlashes(path)));
  if (!model) co_return contentsError(model.error());
  events_.tellContents(call.account(), "get", model->path);
  auto response = net::jsonResponse(200, std::move(model->json));
  response.headers.add("Last-Modified", net::httpDate(model->lastModified));
  co_return response;
}

Task<net::Response> ContentsApi::create(Call call) {
  co_await documents_.settle(call.account(), "");  // it may be the copy of any of them
  auto model = co_await contents_.create(call.account(), call.param(0), std::move(call.request.body));
  if (!model) co_return contentsError(model.error());
  events_.tellContents(call.account(), "save", model->path);
  co_return modelReply(201, *model);
}

Task<net::Response> ContentsApi::save(Call call) {
  constexpr int kPreconditionFailed = 412;
  const auto over = hashIn(call.request.headers.find("If-Match"));
  auto saved = co_await contents_.save(call.account(), call.param(0), std::move(call.request.body), over);
  if (!saved && saved.error().code == Code::Conflict && !over.empty())
    co_return jupyterError(kPreconditionFailed, saved.error().message, "changed_meanwhile");
  if (!saved) co_return contentsError(saved.error());
  co_await documents_.settle(call.account(), pathOf(call));
  events_.tellContents(call.account(), "save", saved->model.path);
  auto response = modelReply(saved->created ? 201 : 200, saved->model);
  if (!saved->hash.empty()) response.headers.add("ETag", fmt::format("\"{}\"", saved->hash));
  co_return response;
}

Task<net::Response> ContentsApi::rename(Call call) {
  const std::string from(trimmedSlashes(call.param(0)));
  auto model = co_await documents_.rename(call.account(), from, std::move(call.request.body));
  if (!model) co_return contentsError(model.error());
  events_.tellContents(call.account(), "rename", model->path, from);
  co_return modelReply(200, *model);
}

Task<net::Response> ContentsApi::remove(Call call) {
  auto trashed = co_await documents_.remove(call.account(), pathOf(call));
  if (!trashed) co_return contentsError(trashed.error());
  events_.tellContents(call.account(), "delete", trimmedSlashes(call.param(0)));
  auto response = emptyReply(204);
  response.headers.add("X-Allmende-Trash", trashed->text());
  co_return response;
}

// ---- checkpoints ----

Task<net::Response> ContentsApi::listCheckpoints(Call call) {
  auto checkpoints = co_await contents_.listCheckpoints(call.account(), call.param(0));
  if (!checkpoints) co_return contentsError(checkpoints.error());
  co_return jsonReply(200, *checkpoints);
}

Task<net::Response> ContentsApi::makeCheckpoint(Call call) {
  co_await documents_.settle(call.account(), pathOf(call));
  auto checkpoint = co_await contents_.makeCheckpoint(call.account(), call.param(0));
  if (!checkpoint) co_return contentsError(checkpoint.error());
  auto response = jsonReply(201, *checkpoint);
  response.headers.add("Location", fmt::format("{}/checkpoints/{}", locationOf(trimmedSlashes(call.param(0))), checkpoint->id));
  co_return response;
}

Task<net::Response> ContentsApi::restoreCheckpoint(Call call) {
  auto restored = co_await contents_.restoreCheckpoint(call.account(), call.param(0), call.param(1));
  if (!restored) co_return contentsError(restored.error());
  co_await documents_.settle(call.account(), pathOf(call));
  co_return emptyReply(204);
}

Task<net::Response> ContentsApi::removeCheckpoint(Call call) {
  auto removed = co_await contents_.removeCheckpoint(call.account(), call.param(0), call.param(1));
  if (!removed) co_return contentsError(removed.error());
  co_return emptyReply(204);
}

// Outputs are shown alike whether a notebook is trusted or not, so a mark would mean nothing: stock clients are told that it is done.
Task<net::Response> ContentsApi::trust(Call call) {
  auto model = co_await contents_.get(call.account(), call.param(0), {.type = "notebook", .format = {}, .content = false});
  if (!model) co_return contentsError(model.error());
  co_return emptyReply(201);
}

// ---- files ----

Task<net::Response> ContentsApi::download(Call call) {
  co_await documents_.settle(call.account(), pathOf(call));
  auto file = co_await contents_.open(call.account(), call.param(0));
  if (!file && (file.error().code == Code::NotFound || file.error().code == Code::InvalidInput))
    co_return jupyterError(404, file.error().message);
  if (!file) co_return contentsError(file.error());
  const auto& head = call.request;
  net::Response response{200, {}, file->body};
  const bool text = file->mimetype.starts_with("text/") && !file->mimetype.contains("charset");
  response.headers.add("Content-Type", text ? file->mimetype + "; charset=UTF-8" : file->mimetype);
  response.headers.add("Last-Modified", net::httpDate(file->lastModified));
  response.headers.add("Cache-Control", "private, no-cache");
  response.headers.add("Accept-Ranges", "bytes");
  // A document from the drive must not act as our page: its scripts, if any, run in an origin of their own.
  response.headers.add("Content-Security-Policy", "sandbox allow-scripts; frame-ancestors 'self'");
  if (head.query.find("download")) response.headers.add("Content-Disposition", net::attachmentOf(file->name));
  if (const auto since = net::readHttpDate(head.headers.find("If-Modified-Since"));
      since && std::chrono::floor<std::chrono::seconds>(file->lastModified) <= *since) {
    response.status = 304;
    response.body = std::string();
  } else {
    net::applyRange(head, response);
  }
  co_return response;
}

}  // namespace allmende::api
