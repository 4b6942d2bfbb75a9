#pragma once
// Jupyter's contents API over the drive, its files as they are, and what the drive offers beyond Jupyter. Behind the door of server/api.

#include "server/api/events.h"
#include "server/api/typed.h"
#include "server/contents/contents.h"
#include "server/documents/documents.h"

namespace allmende::api {

class ContentsApi {
 public:
  ContentsApi(contents::Contents& contents, documents::Documents& documents, Events& events, std::string baseUrl)
      : contents_(contents), documents_(documents), events_(events), baseUrl_(std::move(baseUrl)) {}

  Task<net::Response> get(Call call);
  Task<net::Response> create(Call call);
  Task<net::Response> save(Call call);
  Task<net::Response> rename(Call call);
  Task<net::Response> remove(Call call);

  Task<net::Response> listCheckpoints(Call call);
  Task<net::Response> makeCheckpoint(Call call);
  Task<net::Response> restoreCheckpoint(Call call);
  Task<net::Response> removeCheckpoint(Call call);
  Task<net::Response> trust(Call call);

  // The bytes of a file, sandboxed, whole or one range of it.
  Task<net::Response> download(Call call);

 private:
  std::string locationOf(std::string_view path) const { return baseUrl_ + "api/contents/" + net::encodePath(path); }
  net::Response modelReply(int status, const contents::Model& model) const;

  contents::Contents& contents_;
  documents::Documents& documents_;
  Events& events_;
  std::string baseUrl_;
};

// {"message", "reason"} with Jupyter's status for a failure of the contents room.
net::Response contentsError(const Error& error);

}  // namespace allmende::api
