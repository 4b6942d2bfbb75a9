#include "agent/kernels/launch.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>

namespace allmende::kernels {
namespace {

namespace fs = std::filesystem;

void replaceAll(std::string& in, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = in.find(what, at)) != std::string::npos; at += with.size()) in.replace(at, what.size(), with);
}

// "${NAME}" and "$NAME" of the environment, as kernelspecs may say.
std::string expand(std::string_view text, const std::map<std::string, std::string>& variables) {
  const auto isName = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool braced = text.substr(i).starts_with("${");
    const auto from = i + (braced ? 2 : 1);
    auto till = from;
    while (till < text.size() && isName(text[till])) ++till;
    const bool ends = !braced || (till < text.size() && text[till] == '}');
    const auto found = text[i] == '$' && ends ? variables.find(std::string(text.substr(from, till - from))) : variables.end();
    if (found == variables.end()) {
      out += text[i];
      continue;
    }
    out += found->second;
    i = braced ? till : till - 1;
  }
  return out;
}

}  // namespace

processes::Program programOf(
    const KernelsSettings& settings, const jupyter::Kernelspec& spec, const KernelDemand& demand, const std::string& connectionFile) {
  processes::Program program;
  auto& variables = program.environment;
  variables = processes::personsEnvironment(settings.python);
  for (const auto& [name, value] : spec.environment) variables[name] = expand(value, variables);
  variables["JPY_PARENT_PID"] = std::to_string(::getpid());  // 1 turns ipykernel's watch over its parent off: PID 1 outlives everybody
  variables["PLOTLY_RENDERER"] = "plotly_mimetype";
  if (!demand.path.empty()) variables["JPY_SESSION_NAME"] = (settings.content / fs::path(demand.path).relative_path()).string();
  for (const auto& [name, value] : demand.environment) variables[name] = value;
  variables[std::string(kMark)] = demand.id;

  program.argv = spec.argv;
  for (auto& argument : program.argv) {
    replaceAll(argument, "{connection_file}", connectionFile);
    replaceAll(argument, "{resource_dir}", spec.directory.string());
    replaceAll(argument, "{prefix}", settings.python.string());
  }
  program.directory = processes::nearestFolder(settings.content, demand.path).string();
  return program;
}

Result<> writeConnectionFile(const fs::path& file, std::string_view text, const processes::User& user) {
  ::unlink(file.c_str());  // the folder is the kernels' own: what lies there may be a link to anywhere
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return fail(Code::Unavailable, "the connection file {} cannot be made: {}", file.string(), std::strerror(errno));
  const bool whole = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                     (!user.switches || ::fchown(fd, user.uid, user.gid) == 0);
  ::close(fd);
  if (!whole) return fail(Code::Unavailable, "the connection file {} cannot be written: {}", file.string(), std::strerror(errno));
  return {};
}

}  // namespace allmende::kernels
