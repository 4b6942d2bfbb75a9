// `allmende doctor`: what this machine lacks, what that costs and what helps.

#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdio>

#include "cli/children.h"
#include "cli/scope.h"
#include "cli/verbs.h"
#include "lib/base/finding.h"
#include "lib/base/json.h"

namespace allmende::cli {
namespace {

void print(const Finding& finding) {
  std::printf("%s  %-22s %s\n", finding.ok ? "ok  " : finding.required ? "FAIL" : "note", finding.check.c_str(), finding.found.c_str());
  if (finding.ok) return;
  std::printf("      effect: %s\n      remedy: %s\n", finding.effect.c_str(), finding.remedy.c_str());
}

// What one of our programs finds with --doctor.
std::vector<Finding> ask(const Context& context, const std::string& name, std::vector<std::string> flags, const std::string& user) {
  std::vector<std::string> arguments{"--doctor", "--data", context.data.string()};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  auto program = Child::start({.program = context.programs / name, .arguments = std::move(arguments), .user = user, .readOutput = true});
  if (!program) return {Finding::bad(name, program.error().message, "`allmende serve` does not start", "run ./run, which builds it")};
  std::vector<Finding> findings;
  while (const auto line = program->readLine(60s)) {
    const auto said = parseJsonObject(*line);
    if (Finding finding; said && fromJson(*said, finding)) findings.push_back(std::move(finding));
  }
  if (findings.empty())
    findings.push_back(Finding::bad(name, "it ended without a word", "`allmende serve` does not start", "read its log above"));
  return findings;
}

Finding checkData(const Context& context) {
  std::error_code error;
  std::filesystem::create_directories(context.data, error);
  if (error || ::access(context.data.c_str(), W_OK) != 0) {
    return Finding::bad("data directory", context.data.string() + " is not writable", "nothing can be kept",
        "choose another with --data DIR, or run as its owner");
  }
  struct statvfs disk{};
  ::statvfs(context.data.c_str(), &disk);
  const auto free = static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize) / (1 << 30);
  auto found = fmt::format("{}: {:.1f} GB free", context.data.string(), free);
  if (free > 5) return Finding::good("data directory", std::move(found));
  return Finding::optional(Finding::bad("data directory", std::move(found), "runtimes and drives fill the disk soon",
      "free some space, or choose another directory with --data DIR"));
}

}  // namespace

Result<> doctor(Context context, std::vector<std::string> serverFlags) {
  enterOwnScope();
  std::vector<Finding> findings{checkData(context)};
  for (auto& finding : ask(context, "allmende-server", std::move(serverFlags), serverUser())) findings.push_back(std::move(finding));
  for (auto& finding : ask(context, "allmende-node", {}, "")) findings.push_back(std::move(finding));
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
