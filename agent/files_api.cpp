#include "agent/api.h"
#include "lib/base/json.h"

namespace allmende::agent {
namespace {

net::Response refusal(const Error& error) {
  auto response = net::errorResponse(error);
  if (error.code == Code::OverLimit) response.status = 413;
  return response;
}

// "0" or "1" of the query; `otherwise` when absent.
Result<bool> readFlag(const net::Query& query, std::string_view name, bool otherwise) {
  const auto text = query.find(name);
  if (!text) return otherwise;
  if (*text == "0" || *text == "1") return *text == "1";
  return fail(Code::InvalidInput, "{} '{}' is invalid. It must be '0' or '1'.", name, text->substr(0, 64));
}

Result<files::GetWish> readWish(const net::Query& query) {
  files::GetWish wish;
  if (const auto type = query.find("type")) wish.type = std::string(*type);
  if (const auto format = query.find("format")) wish.format = std::string(*format);
  TRY(wish.content, readFlag(query, "content", true));
  TRY(wish.hash, readFlag(query, "hash", false));
  return wish;
}

net::Response reply(int status, files::Told told) {
  auto response = net::jsonResponse(status, std::move(told.json));
  response.headers.add("Last-Modified", net::httpDate(told.lastModified));
  if (status == 201) response.headers.add("Location", "/api/contents/" + net::encodePath(told.path));
  return response;
}

}  // namespace

Task<net::Response> FilesApi::contents(Call call) {
  auto path = call.rest(2);
  if (call.request.method == net::Method::Get) co_return co_await get(std::move(call), std::move(path));
  co_return co_await change(std::move(call), std::move(path));
}

Task<net::Response> FilesApi::get(Call call, std::string path) {
  auto wish = readWish(call.request.query);
  if (!wish) co_return refusal(wish.error());
  auto told = co_await files_.get(std::move(path), *std::move(wish));
  if (!told) co_return refusal(told.error());
  co_return reply(200, *std::move(told));
}

Task<net::Response> FilesApi::change(Call call, std::string path) {
  auto& body = call.request.body;
  switch (call.request.method) {
    case net::Method::Post: {
      auto made = co_await files_.create(std::move(path), std::move(body));
      co_return made ? reply(201, *std::move(made)) : refusal(made.error());
    }
    case net::Method::Put: {
      auto saved = co_await files_.save(std::move(path), std::move(body));
      if (!saved) co_return refusal(saved.error());
      const int status = saved->created ? 201 : 200;
      co_return reply(status, *std::move(saved));
    }
    case net::Method::Patch: {
      auto renamed = co_await files_.rename(std::move(path), std::move(body));
      co_return renamed ? reply(200, *std::move(renamed)) : refusal(renamed.error());
    }
    case net::Method::Delete: {
      const auto removed = co_await files_.remove(std::move(path));
      co_return removed ? emptyResponse(204) : refusal(removed.error());
    }
    default: co_return wrongMethod(call);
  }
}

Task<net::Response> FilesApi::download(Call call) {
  if (call.request.method != net::Method::Get && call.request.method != net::Method::Head) co_return wrongMethod(call);
  auto file = co_await files_.open(call.rest(1));
  if (!file) co_return refusal(file.error());
  net::Response response{200, {}, file->body};
  const bool text = file->mimetype.starts_with("text/") && !file->mimetype.contains("charset");
  response.headers.add("Content-Type", text ? file->mimetype + "; charset=UTF-8" : file->mimetype);
  response.headers.add("Last-Modified", net::httpDate(file->lastModified));
  if (call.request.query.find("download")) response.headers.add("Content-Disposition", net::attachmentOf(file->name));
  net::applyRange(call.request, response);
  co_return response;
}

}  // namespace allmende::agent
