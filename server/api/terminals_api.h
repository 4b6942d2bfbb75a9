#pragma once
// Jupyter's terminals, in the account's runtime. Behind the door of server/api.

#include "server/api/call.h"
#include "server/runtimes/runtimes.h"

namespace allmende::api {

class TerminalsApi {
 public:
  explicit TerminalsApi(runtimes::Runtimes& runtimes) : runtimes_(runtimes) {}

  Task<net::Response> list(Call call);
  Task<net::Response> start(Call call);
  Task<net::Response> get(Call call);
  Task<net::Response> stop(Call call);
  Task<net::Answer> socket(Call call);

 private:
  Task<net::Response> ask(Call call, net::Method method);
  runtimes::Runtimes& runtimes_;
};

}  // namespace allmende::api
