#include "server/api/documents_api.h"

#include "server/api/contents_api.h"
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

documents::Visitor visitorOf(const accounts::Caller& caller, const net::Query& query) {
  return {.account = caller.account,
      .name = caller.name,
      .role = caller.scopes.has(Scope::WriteContents) ? documents::Role::Owner : documents::Role::Viewer,
      .hearsNotices = query.find("acknowledge") == "1"};
}

}  // namespace

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
  auto visitor = visitorOf(*call.caller, call.request.query);
  const std::string session(call.request.query.find("sessionId").value_or(""));
  const auto serve = [&documents = documents_, visitor, session, room = call.param(0)](std::shared_ptr<net::WebSocket> socket) -> Task<> {
    return serveRoom(documents, room, session, visitor, std::move(socket));
  };
  co_return net::Upgrade{.subprotocol = "", .maxMessage = kLargestMessage, .serve = serve};
}

Task<> DocumentsApi::serveRoom(documents::Documents& documents, std::string room, std::string session, documents::Visitor visitor,
    std::shared_ptr<net::WebSocket> socket) {
  if (room == kGlobalAwareness) co_return co_await documents.serveAwareness(std::move(visitor), std::move(socket));
  const auto id = documentOf(room);
  if (!id) co_return co_await socket->close(net::closeCodeOf(id.error().code), id.error().message);
  co_await documents.serve(*id, std::move(session), std::move(visitor), std::move(socket));
}

}  // namespace allmende::api
