#pragma once
// Jupyter's small endpoints: version, status, identity, description, and what stock clients ask beside. Behind the door of server/api.

#include <functional>

#include "server/api/call.h"
#include "server/contents/contents.h"
#include "server/runtimes/runtimes.h"

namespace allmende::api {

class JupyterApi {
 public:
  JupyterApi(accounts::Accounts& accounts, contents::Contents& contents, runtimes::Kernels& kernels, const Clock& clock,
      std::function<void()> stop);

  // The OpenAPI document, once the table is complete.
  void setDocument(json::object document) { document_ = json::serialize(document); }

  Task<net::Response> version(Call call);
  Task<net::Response> status(Call call);
  Task<net::Response> me(Call call);
  Task<net::Response> changeMe(Call call);
  Task<net::Response> openApi(Call call);
  Task<net::Response> spec(Call call);
  Task<net::Response> exporters(Call call);
  Task<net::Response> resolvePath(Call call);
  Task<net::Response> reportCsp(Call call);
  Task<net::Response> shutdown(Call call);

 private:
  accounts::Accounts& accounts_;
  contents::Contents& contents_;
  runtimes::Kernels& kernels_;
  std::function<void()> stop_;
  std::string started_;
  std::string document_;
};

}  // namespace allmende::api
