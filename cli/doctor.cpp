// `allmende doctor`: what this machine lacks, what that costs and what helps.

#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdio>

#include "cli/children.h"
#include "cli/scope.h"
#include "cli/verbs.h"
#include "lib/base/json.h"

namespace allmende::cli {
namespace {

struct Finding {
  std::string check;
  bool ok = true;
  std::string found;
  std::string effect;  // of a failure
  std::string remedy;
  bool required = true;
};

void print(const Finding& finding) {
  std::printf("%s  %-22s %s\n", finding.ok ? "ok  " : finding.required ? "FAIL" : "note", finding.check.c_str(), finding.found.c_str());
  if (finding.ok) return;
  std::printf("      effect: %s\n      remedy: %s\n", finding.effect.c_str(), finding.remedy.c_str());
}

std::string textIn(const json::object& object, std::string_view name) {
  const auto* text = findString(object, name);
  return text == nullptr ? "" : std::string(*text);
}

// What the node checks for itself: cgroups, namespaces, mounts, loop devices, sandbox runtimes.
std::vector<Finding> askNode(const Context& context) {
  auto node = Child::start({.program = context.programs / "allmende-node",
      .arguments = {"--doctor", "--data", context.data.string()},
      .user = "",
      .readOutput = true});
  if (!node) return {{"allmende-node", false, node.error().message, "no runtime can be started", "run ./run, which builds it"}};
  std::vector<Finding> findings;
  while (const auto line = node->readLine(60s)) {
    const auto said = parseJsonObject(*line);
    if (!said) continue;
    const auto* ok = said->if_contains("ok");
    const auto* required = said->if_contains("required");
    findings.push_back({textIn(*said, "check"), ok != nullptr && ok->is_bool() && ok->get_bool(), textIn(*said, "found"),
        textIn(*said, "effect"), textIn(*said, "remedy"), required == nullptr || !required->is_bool() || required->get_bool()});
  }
  return findings;
}

Finding checkData(const Context& context) {
  std::error_code error;
  std::filesystem::create_directories(context.data, error);
  if (error || ::access(context.data.c_str(), W_OK) != 0) {
    return {"data directory", false, context.data.string() + " is not writable", "nothing can be kept",
        "choose another with --data DIR, or run as its owner"};
  }
  struct statvfs disk{};
  ::statvfs(context.data.c_str(), &disk);
  const auto free = static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize) / (1 << 30);
  return {"data directory", free > 5, fmt::format("{}: {:.1f} GB free", context.data.string(), free),
      "runtimes and drives fill the disk soon", "free some space, or choose another directory with --data DIR", false};
}

}  // namespace

Result<> doctor(Context context) {
  enterOwnScope();
  std::vector<Finding> findings{checkData(context)};
  for (auto& finding : askNode(context)) findings.push_back(std::move(finding));
  int failed = 0;
  for (const auto& finding : findings) {
    print(finding);
    failed += !finding.ok && finding.required ? 1 : 0;
  }
  if (failed > 0) return fail(Code::Unavailable, "{} of {} checks failed", failed, findings.size());
  std::printf("%zu checks, all that matter are in order\n", findings.size());
  return {};
}

}  // namespace allmende::cli
