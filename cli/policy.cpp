// `allmende policy`: rules tried out without a server, and what they do in the one that runs.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>

#include "cli/admin_client.h"
#include "cli/children.h"
#include "cli/verbs.h"

namespace allmende::cli {
namespace {

std::string stepsOf(const json::object& rule, std::string_view key) {
  std::string text;
  for (const auto& step : rule.at(key).as_object())
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", std::string_view(step.key()), step.value().to_number<std::int64_t>());
  return text.empty() ? "nothing" : text;
}

Result<> printHealth(const Context& context, const std::string& path) {
  TRY(const auto reply, askRunning(context, path, {}));
  for (const auto& one : reply.at("rules").as_array()) {
    const auto& rule = one.as_object();
    std::printf(
        "%-20s version %.0f  %-9s  30 days: %s, of %.0f accounts; only logged: %s; appeals: %.0f, open %.0f, overturned %.0f; right in "
        "%.0f to %.0f %%\n",
        textOf(rule, "rule").c_str(), numberOf(rule, "version"), textOf(rule, "state").c_str(), stepsOf(rule, "steps").c_str(),
        numberOf(rule, "accounts"), stepsOf(rule, "shadow_steps").c_str(), numberOf(rule, "appeals"), numberOf(rule, "open_appeals"),
        numberOf(rule, "overturned"), 100 * numberOf(rule, "right_low"), 100 * numberOf(rule, "right_high"));
  }
  return {};
}

struct Wanted {
  std::string rule;
  std::string account;
  bool shadow = false;
  bool appeals = false;
};

Result<> printDecisions(const Context& context, const Wanted& wanted) {
  json::object filter;
  if (!wanted.rule.empty()) filter["rule"] = wanted.rule;
  if (!wanted.account.empty()) filter["account"] = wanted.account;
  if (wanted.shadow) filter["shadow"] = 1;
  if (wanted.appeals) filter["appeals"] = 1;
  TRY(const auto reply, askRunning(context, "/admin/policy/decisions", std::move(filter)));
  for (const auto& one : reply.at("decisions").as_array()) {
    const auto& decision = one.as_object().at("decision").as_object();
    std::printf("%s  %s  %-16s %-20s %-9s%s %s\n", textOf(decision, "id").c_str(), textOf(decision, "at").substr(0, 19).c_str(),
        textOf(one.as_object(), "account").c_str(), textOf(decision, "rule").c_str(), textOf(decision, "step").c_str(),
        numberOf(one.as_object(), "shadow") > 0 ? " (only logged)" : "", textOf(decision, "ending").c_str());
    for (const auto& finding : decision.at("evidence").as_array()) std::printf("    %s\n", textOf(finding.as_object(), "says").c_str());
    if (const auto* appeal = decision.if_contains("appeal")) std::printf("    appeal: %s\n", textOf(appeal->as_object(), "words").c_str());
  }
  return {};
}

// The lines of allmende-server, which knows the rules.
Result<> runServer(const Context& context, std::vector<std::string> arguments, const std::function<void(const json::object&)>& hear) {
  TRY(auto program,
      Child::start({.program = context.programs / "allmende-server", .arguments = std::move(arguments), .user = "", .readOutput = true}));
  std::string failure;
  while (const auto line = program.readLine(600s)) {
    TRY(const auto said, parseJsonObject(*line));
    if (const auto* found = findString(said, "failure"))
      failure = *found;
    else
      hear(said);
  }
  if (!failure.empty()) return fail(Code::InvalidInput, "{}", failure);
  return {};
}

Result<> check(const Context& context, const std::string& folder) {
  std::size_t broken = 0;
  TRY(runServer(context, {"--check-policy", folder}, [&](const json::object& said) {
    if (said.contains("rules")) std::printf("%.0f rules, %.0f detectors\n", numberOf(said, "rules"), numberOf(said, "detectors"));
    if (!said.contains("scenario")) return;
    const auto& failures = said.at("failures").as_array();
    broken += failures.size();
    std::printf("%s  %s: %.0f expectations\n", failures.empty() ? "ok  " : "FAIL", textOf(said, "scenario").c_str(),
        numberOf(said, "expectations"));
    for (const auto& one : failures) std::printf("      %s\n", one.as_string().c_str());
  }));
  if (broken > 0) return fail(Code::InvalidInput, "{} expectations of scenarios were not met", broken);
  return {};
}

Result<> replay(const Context& context, const std::string& folder, const std::string& file) {
  if (!std::ifstream(file)) return fail(Code::NotFound, "{} cannot be read", file);
  return runServer(context, {"--replay-policy", folder, file}, [](const json::object& said) {
    std::printf("%8.0f s  %-6s %-9s %-20s %s\n", numberOf(said, "at"), textOf(said, "turn").c_str(), textOf(said, "step").c_str(),
        textOf(said, "rule").c_str(), textOf(said, "runtime").c_str());
  });
}

}  // namespace

void declarePolicyVerbs(CLI::App& app, const Context& context, std::function<Result<>()>& verb) {
  struct Given {
    std::string folder = "policies";
    std::string file;
    std::string decision;
    std::string rule;
    std::string group;
    std::string outcome;
    std::string words;
    std::int64_t days = 0;
    Wanted wanted;
  };
  const auto given = std::make_shared<Given>();
  auto* policy = app.add_subcommand("policy", "The rules of the commons, and what was decided by them.")->require_subcommand(1);
  const auto add = [&](const char* called, const char* says, std::function<Result<>()> run) {
    auto* made = policy->add_subcommand(called, says);
    made->callback([&verb, run = std::move(run)] { verb = run; });
    return made;
  };
  auto* made = add("check", "Read a folder of rules and scenarios and say what is wrong with it.",
      [&context, given] { return check(context, given->folder); });
  made->add_option("folder", given->folder, "With rules/*.toml and scenarios/*.scenario [policies]");
  made = add("replay", "Let rules decide over a recorded stream of evidence.",
      [&context, given] { return replay(context, given->folder, given->file); });
  made->add_option("file", given->file, "A JSON object a line: docs/operate/policy.md")->required();
  made->add_option("--folder", given->folder, "With rules/*.toml [policies]");
  add("read", "Publish what the folder of the rules says now; a mistake in it changes nothing.",
      [&context] { return printHealth(context, "/admin/policy/read"); });
  add("rules", "How the rules fare: what they did in 30 days, and how often they were wrong.",
      [&context] { return printHealth(context, "/admin/policy/rules"); });
  made = add("decisions", "List decisions, the newest first.", [&context, given] { return printDecisions(context, given->wanted); });
  made->add_option("--rule", given->wanted.rule, "Of this rule only");
  made->add_option("--account", given->wanted.account, "Of this account only");
  made->add_flag("--shadow", given->wanted.shadow, "Also what would have been done");
  made->add_flag("--appeals", given->wanted.appeals, "Only those with an appeal that waits");
  made = add("answer", "Answer an appeal.", [&context, given]() -> Result<> {
    TRY(askRunning(context, "/admin/policy/appeal", {{"decision", given->decision}, {"outcome", given->outcome}, {"words", given->words}}));
    std::printf("%s is %s\n", given->decision.c_str(), given->outcome.c_str());
    return {};
  });
  made->add_option("decision", given->decision, "Its id")->required();
  made->add_option("outcome", given->outcome, "upheld or overturned")->required();
  made->add_option("--words", given->words, "Why; the person reads it")->required();
  made = add("lift", "End a measure before its time.", [&context, given]() -> Result<> {
    TRY(askRunning(context, "/admin/policy/lift", {{"decision", given->decision}}));
    std::printf("%s is lifted\n", given->decision.c_str());
    return {};
  });
  made->add_option("decision", given->decision, "Its id")->required();
  made =
      add("exempt", "A rule does not hold for an account or a group for some days: a course, research.", [&context, given]() -> Result<> {
        const auto& who = given->group.empty() ? given->wanted.account : given->group;
        TRY(askRunning(context, "/admin/policy/exempt",
            {{"rule", given->rule}, {given->group.empty() ? "account" : "group", who}, {"for_s", given->days * 86'400},
                {"reason", given->words}}));
        std::printf("%s does not hold for %s for %lld days\n", given->rule.c_str(), who.c_str(), static_cast<long long>(given->days));
        return {};
      });
  made->add_option("rule", given->rule, "Its name")->required();
  auto* whom = made->add_option_group("whom", "For whom")->require_option(1);
  whom->add_option("--account", given->wanted.account, "An account");
  whom->add_option("--group", given->group, "The id of a group, as `allmende group list` prints it");
  made->add_option("--days", given->days, "For how long")->required()->check(CLI::Range(1, 366));
  made->add_option("--reason", given->words, "Why; the person reads it")->required();
  made = add("restrict", "Propose that an account starts no runtime for some days; it is told, and another person confirms it.",
      [&context, given]() -> Result<> {
        TRY(const auto reply,
            askRunning(context, "/admin/policy/restrict",
                {{"rule", given->rule}, {"account", given->wanted.account}, {"for_s", given->days * 86'400}, {"reason", given->words}}));
        std::printf(
            "%s is proposed; an administrator confirms it on the page /staff\n", textOf(reply.at("decision").as_object(), "id").c_str());
        return {};
      });
  made->add_option("rule", given->rule, "By which")->required();
  made->add_option("--account", given->wanted.account, "Who")->required();
  made->add_option("--days", given->days, "For how long")->required()->check(CLI::Range(1, 366));
  made->add_option("--reason", given->words, "Why; the person reads it")->required();
  made = add("confirm", "Confirm a restriction that somebody else proposed, after the person was heard.", [&context, given]() -> Result<> {
    TRY(askRunning(context, "/admin/policy/confirm", {{"decision", given->decision}}));
    std::printf("%s holds\n", given->decision.c_str());
    return {};
  });
  made->add_option("decision", given->decision, "Its id")->required();
  made = add("resume", "Let a rule act again that has paused itself.", [&context, given]() -> Result<> {
    TRY(askRunning(context, "/admin/policy/resume", {{"rule", given->rule}}));
    std::printf("%s acts again\n", given->rule.c_str());
    return {};
  });
  made->add_option("rule", given->rule, "Its name")->required();
}

}  // namespace allmende::cli
