#pragma once
// The HTTP surface: one route table over all rooms, Jupyter's API and ours, the page's files, and the operator's socket.
//
// Authentication, XSRF, origins and hosts are decided here for every path, before its handler runs. Handlers translate; they decide
// nothing.

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "lib/base/json.h"
#include "lib/net/net.h"
#include "server/accounts/accounts.h"
#include "server/api/access.h"
#include "server/api/webhook_signature.h"
#include "server/contents/contents.h"
#include "server/documents/documents.h"
#include "server/enforcement/enforcement.h"
#include "server/groups/groups.h"
#include "server/notices/notices.h"
#include "server/policy/policy.h"
#include "server/previews/previews.h"
#include "server/quota/quota.h"
#include "server/runtimes/runtimes.h"
#include "server/shelf/shelf.h"

namespace allmende::api {

struct ApiSettings {
  std::string baseUrl = "/";          // where the installation begins, with a slash at both ends
  std::filesystem::path web;          // the built page
  std::filesystem::path jupyterData;  // share/jupyter of the Python environment: kernelspecs' files, settings schemas
  AccessRules access;
  bool metricsForLoopback = false;  // /metrics without a credential for programs on this machine
  std::string webhookSecret = {};   // see WebhooksApi
};

// What the handlers work on. All of it outlives the Api.
struct Rooms {
  store::Database& database;
  accounts::Accounts& accounts;
  groups::Groups& groups;
  contents::Contents& contents;
  documents::Documents& documents;
  runtimes::Runtimes& runtimes;
  runtimes::Kernels& kernels;
  runtimes::Care& care;
  previews::Previews& previews;
  quota::Ledger& ledger;
  quota::Admission& admission;
  runtimes::Sessions& sessions;
  runtimes::Kernelspecs& kernelspecs;
  notices::Notices& notices;
  shelf::Shelf& shelf;
  policy::Book& book;
  policy::Decisions& decisions;
  enforcement::Enforcement& enforcement;
  journal::Journal& journal;
  journal::Seals& seals;
  const Clock& clock;
};

class Api : public net::Handler {
 public:
  // What the house does when an administrator asks for it.
  struct Wishes {
    std::function<void()> stop;
    std::function<Result<>()> readTiers;        // the file of the tiers, anew
    std::function<Task<Result<>>()> readRules;  // the folder of the rules, anew
  };
  Api(Executor executor, Rooms rooms, ApiSettings settings, Wishes wishes);
  ~Api() override;

  Task<net::Answer> handle(net::Request request) override;
  net::BodyLimit bodyLimit(const net::RequestHead& head) const override;
  bool takesConnection(const net::RequestHead& head) const override;  // of what is asked of a preview

  // The handler of the operator's socket, whose file permissions are its wall.
  net::Handler& operatorsHandler();
  // What people open, once the server listens: for links.
  void setUrl(std::string url);
  // Counts open sockets for /metrics.
  void watch(const net::HttpServer& server);

  // The OpenAPI 3.1 document of the route table.
  json::object openApi() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace allmende::api
