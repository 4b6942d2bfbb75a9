#pragma once
// The agent's HTTP surface: Jupyter's paths over the rooms of a runtime. No authentication: the socket's file permissions are the wall.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/files/files.h"
#include "agent/kernels/kernels.h"
#include "agent/packages/packages.h"
#include "agent/ports/ports.h"
#include "agent/terminals/terminals.h"
#include "lib/net/net.h"

namespace allmende::agent {

// A request whose path is cut at '/' and decoded.
struct Call {
  net::Request request;
  std::vector<std::string> path;  // {"api", "kernels", "<id>", "interrupt"}
  // The parts from `first` on, joined: the path below /api/contents.
  std::string rest(std::size_t first) const;
};

inline net::Response emptyResponse(int status) { return {.status = status}; }
net::Response unknownPath(const Call& call);
net::Response wrongMethod(const Call& call);

class KernelsApi {
 public:
  explicit KernelsApi(kernels::Kernels& kernels) : kernels_(kernels) {}
  Task<net::Answer> kernels(Call call);      // /api/kernels…
  net::Response specs(const Call& call);     // /api/kernelspecs…
  net::Response resource(const Call& call);  // /kernelspecs/NAME/FILE

 private:
  net::Response start(const Call& call);
  net::Answer channels(const Call& call);
  kernels::Kernels& kernels_;
};

class TerminalsApi {
 public:
  explicit TerminalsApi(terminals::Terminals& terminals) : terminals_(terminals) {}
  Task<net::Answer> terminals(Call call);      // /api/terminals…
  net::Answer socket(const Call& call) const;  // /terminals/websocket/NAME

 private:
  net::Response start(const Call& call);
  terminals::Terminals& terminals_;
};

class FilesApi {
 public:
  explicit FilesApi(files::Files& files) : files_(files) {}
  Task<net::Response> contents(Call call);  // /api/contents…
  Task<net::Response> download(Call call);  // /files/…

 private:
  Task<net::Response> get(Call call, std::string path);
  Task<net::Response> change(Call call, std::string path);
  files::Files& files_;
};

class PackagesApi {
 public:
  explicit PackagesApi(packages::Packages& packages) : packages_(packages) {}
  Task<net::Response> packages(Call call);  // /api/packages

 private:
  packages::Packages& packages_;
};

class PortsApi {
 public:
  explicit PortsApi(ports::Ports& ports) : ports_(ports) {}
  Task<net::Answer> ports(Call call);  // /api/ports…

 private:
  ports::Ports& ports_;
};

struct Rooms {
  kernels::Kernels& kernels;
  terminals::Terminals& terminals;
  files::Files& files;
  packages::Packages& packages;
  ports::Ports& ports;
  const Clock& clock;
  std::function<void()> shutDown;
};

class AgentApi final : public net::Handler {
 public:
  explicit AgentApi(Rooms rooms);
  Task<net::Answer> handle(net::Request request) override;
  net::BodyLimit bodyLimit(const net::RequestHead& head) const override;

 private:
  Task<net::Answer> route(Call call);
  net::Response status() const;

  Rooms rooms_;
  Instant started_;
  KernelsApi kernels_;
  TerminalsApi terminals_;
  FilesApi files_;
  PackagesApi packages_;
  PortsApi ports_;
};

}  // namespace allmende::agent
