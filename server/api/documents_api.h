#pragma once
// jupyter-collaboration's sessions and rooms. Behind the door of server/api.

#include "server/api/call.h"
#include "server/documents/documents.h"

namespace allmende::api {

// Who comes to a document; ?acknowledge=1 is our page, which hears notices.
documents::Visitor visitorOf(const std::optional<accounts::Caller>& caller, const net::Query& query = {});

// A revision as the API has it.
json::object revisionOf(const documents::Revision& revision);

class DocumentsApi {
 public:
  DocumentsApi(documents::Documents& documents, runtimes::Kernels& kernels, runtimes::Kernelspecs& specs, std::string baseUrl)
      : documents_(documents), kernels_(kernels), specs_(specs), baseUrl_(std::move(baseUrl)) {}

  Task<net::Response> session(Call call);
  Task<net::Answer> room(Call call);

  Task<net::Response> run(Call call);
  Task<net::Response> cancelRuns(Call call);
  Task<net::Response> answerInput(Call call);
  // As the front ends of jupyter-server-documents, jupyter-collaboration and jupyter-server-nbmodel ask for it, by the room's name; the
  // last one asks afterwards how it stands.
  Task<net::Response> runInKernel(Call call);
  Task<net::Response> readRequest(Call call);
  Task<net::Response> answerRequest(Call call);

  Task<net::Response> listLastRuns(Call call);
  // ?download names it as a file.
  Task<net::Response> readRest(Call call);
  Task<net::Response> readOutput(Call call);
  Task<net::Response> adoptOutputs(Call call);
  Task<net::Response> listRevisions(Call call);
  Task<net::Response> nameRevision(Call call);
  Task<net::Response> readRevision(Call call);
  Task<net::Response> restoreRevision(Call call);

 private:
  static Task<> serveRoom(documents::Documents& documents, std::string room, std::string session, documents::Visitor visitor,
      std::shared_ptr<net::WebSocket> socket);
  Task<net::Response> runCode(Call call, json::object body);
  documents::Documents& documents_;
  runtimes::Kernels& kernels_;
  runtimes::Kernelspecs& specs_;
  std::string baseUrl_;
};

}  // namespace allmende::api
