#pragma once
// jupyter-collaboration's sessions and rooms. Behind the door of server/api.

#include "server/api/call.h"
#include "server/documents/documents.h"

namespace allmende::api {

class DocumentsApi {
 public:
  explicit DocumentsApi(documents::Documents& documents) : documents_(documents) {}

  Task<net::Response> session(Call call);
  Task<net::Answer> room(Call call);

 private:
  static Task<> serveRoom(documents::Documents& documents, std::string room, std::string session, documents::Visitor visitor,
      std::shared_ptr<net::WebSocket> socket);
  documents::Documents& documents_;
};

}  // namespace allmende::api
