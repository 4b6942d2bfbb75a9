#include "server/doctor.h"

#include <filesystem>

#include "lib/net/net.h"
#include "server/settings.h"

namespace allmende {
namespace {

namespace fs = std::filesystem;

class Nobody : public net::Handler {
 public:
  Task<net::Answer> handle(net::Request) override { co_return net::Response{.status = 503}; }
};

Task<bool> isServed(const ServerSettings* settings) {
  net::HttpClient operators(co_await asio::this_coro::executor, net::UnixEndpoint{.path = adminSocketOf(*settings)});
  net::Request request;
  request.target = request.path = "/healthz";
  request.headers.add("Host", "admin");
  const auto answer = co_await operators.send(std::move(request), 5s);
  co_return answer.has_value();
}

Task<int> examinePortInto(const ServerSettings* settings, Finding* finding) {
  Nobody nobody;
  net::HttpServer trial(co_await asio::this_coro::executor, nobody);
  const auto listening = trial.listen(net::TcpEndpoint{.host = settings->host, .port = static_cast<std::uint16_t>(settings->port)});
  co_await trial.stop(0ms);
  const auto where = fmt::format("{} port {}", settings->host, settings->port);
  const bool ours = !listening && listening.error().code == Code::Conflict && co_await isServed(settings);
  if (listening || ours) {
    *finding = Finding::good("port", where + (ours ? " serves this data directory" : " can be had"));
  } else {
    *finding = Finding::bad("port", listening.error().message, "`allmende serve` does not start",
        "choose another with --port N or a line `port = N` in allmende.toml, or stop the program that has it");
  }
  co_return 0;
}

Finding examinePort(const ServerSettings& settings) {
  Finding finding;
  net::EventLoop loop;
  loop.run(examinePortInto(&settings, &finding));
  return finding;
}

Finding examinePython(const std::string& python) {
  std::error_code error;
  const fs::path specs = fs::path(python) / "share/jupyter/kernels";
  if (fs::exists(specs, error) && !fs::is_empty(specs, error)) return Finding::good("Python", python);
  return Finding::bad("Python", fmt::format("{} has no kernels", python), "no kernel can be started",
      "run ./run, which builds it, or name another with --python DIR");
}

Finding examinePage(const std::string& web) {
  std::error_code error;
  if (fs::exists(fs::path(web) / "index.html", error)) return Finding::good("page", web);
  return Finding::optional(
      Finding::bad("page", fmt::format("{} has no index.html", web), "people find no page; the API works", "run ./run, which builds it"));
}

}  // namespace

std::vector<Finding> examineServer(std::map<std::string, std::string> environment, std::vector<std::string> arguments) {
  const auto settings = loadSettings(std::move(environment), std::move(arguments));
  if (!settings) {
    return {Finding::bad("settings", settings.error().message, "`allmende serve` does not start",
        "mend what it names; docs/reference/settings.md has every setting")};
  }
  const auto programs = fs::read_symlink("/proc/self/exe").parent_path();
  return {Finding::good("settings", settings->data + "/allmende.toml, environment and flags"), examinePort(*settings),
      examinePython(pythonOf(*settings, programs)), examinePage(webFolderOf(*settings, programs))};
}

}  // namespace allmende
