#pragma once
// Jupyter's kernelspecs, kernels, sessions and channels. Behind the door of server/api.

#include "server/api/call.h"
#include "server/api/events.h"
#include "server/runtimes/runtimes.h"

namespace allmende::api {

class KernelspecsApi {
 public:
  KernelspecsApi(runtimes::Kernelspecs& specs, std::string baseUrl) : specs_(specs), baseUrl_(std::move(baseUrl)) {}

  Task<net::Response> list(Call call);
  Task<net::Response> get(Call call);
  Task<net::Response> file(Call call);

 private:
  runtimes::Kernelspecs& specs_;
  std::string baseUrl_;
};

class KernelsApi {
 public:
  KernelsApi(
      runtimes::Kernels& kernels, const runtimes::Sessions& sessions, runtimes::Kernelspecs& specs, Events& events, std::string baseUrl)
      : kernels_(kernels), sessions_(sessions), specs_(specs), events_(events), baseUrl_(std::move(baseUrl)) {}

  Task<net::Response> list(Call call);
  Task<net::Response> get(Call call);
  Task<net::Response> start(Call call);
  Task<net::Response> stop(Call call);
  Task<net::Response> interrupt(Call call);
  Task<net::Response> restart(Call call);
  Task<net::Answer> channels(Call call);

 private:
  runtimes::Kernels& kernels_;
  const runtimes::Sessions& sessions_;  // which runtime a notebook uses
  runtimes::Kernelspecs& specs_;
  Events& events_;
  std::string baseUrl_;
};

class SessionsApi {
 public:
  SessionsApi(runtimes::Sessions& sessions, runtimes::Kernels& kernels, runtimes::Kernelspecs& specs, std::string baseUrl)
      : sessions_(sessions), kernels_(kernels), specs_(specs), baseUrl_(std::move(baseUrl)) {}

  Task<net::Response> list(Call call);
  Task<net::Response> get(Call call);
  Task<net::Response> start(Call call);
  Task<net::Response> change(Call call);
  Task<net::Response> stop(Call call);

 private:
  runtimes::Sessions& sessions_;
  runtimes::Kernels& kernels_;
  runtimes::Kernelspecs& specs_;
  std::string baseUrl_;
};

// 501 with "short_message", as stock servers answer for a kernelspec they have not.
net::Response noSuchKernelspec(std::string_view name);
// An Error in Jupyter's shape.
net::Response kernelError(const Error& error);

}  // namespace allmende::api
