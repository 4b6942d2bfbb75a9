// `allmende audit`: the journal of what happened, and the proof that nobody has changed it.

#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/admin_client.h"
#include "cli/verbs.h"

namespace allmende::cli {
namespace {

struct Wanted {
  std::string account;
  std::string subject;
  std::string name;
  std::string head;
  std::int64_t limit = 100;
};

Result<> printEvents(const Context& context, const Wanted& wanted) {
  json::object filter{{"limit", wanted.limit}};
  if (!wanted.account.empty()) filter["account"] = wanted.account;
  if (!wanted.subject.empty()) filter["subject"] = wanted.subject;
  if (!wanted.name.empty()) filter["name"] = wanted.name;
  TRY(const auto reply, askAdmin(context, "/admin/audit", std::move(filter)));
  for (const auto& one : reply.at("events").as_array()) {
    const auto& event = one.as_object();
    std::string subjects;
    for (const auto& subject : event.at("subjects").as_array())
      subjects += (subjects.empty() ? "" : " ") + std::string(subject.as_string());
    std::printf("%8.0f  %s  %-22s %s  %s\n", numberOf(event, "number"), textOf(event, "at").substr(0, 19).c_str(),
        textOf(event, "name").c_str(), subjects.c_str(), textOf(event, "detail").c_str());
  }
  return {};
}

Result<> printHead(const Context& context) {
  TRY(const auto reply, askAdmin(context, "/admin/audit/verification", {}));
  std::printf("%s\n", textOf(reply, "head").c_str());
  return {};
}

Result<> verify(const Context& context, const Wanted& wanted) {
  json::object wish;
  if (!wanted.head.empty()) wish["head"] = wanted.head;
  TRY(const auto reply, askAdmin(context, "/admin/audit/verification", std::move(wish)));
  if (const auto broken = textOf(reply, "broken"); !broken.empty())
    return fail(
        Code::Conflict, "the journal is not as it was written: {}. Whole are its first {:.0f} events", broken, numberOf(reply, "events"));
  std::printf("%.0f events are as they were written; %.0f of the last seconds have no seal yet\nhead %s\n", numberOf(reply, "events"),
      numberOf(reply, "unsealed"), textOf(reply, "head").c_str());
  return {};
}

}  // namespace

void declareAuditVerbs(CLI::App& app, const Context& context, std::function<Result<>()>& verb) {
  const auto wanted = std::make_shared<Wanted>();
  auto* audit = app.add_subcommand("audit", "The journal of what happened here.")->require_subcommand(1);
  const auto add = [&](const char* called, const char* says, std::function<Result<>()> run) {
    auto* made = audit->add_subcommand(called, says);
    made->callback([&verb, run = std::move(run)] { verb = run; });
    return made;
  };
  auto* made = add("list", "List events, the newest first.", [&context, wanted] { return printEvents(context, *wanted); });
  made->add_option("--account", wanted->account, "Of this account only");
  made->add_option("--subject", wanted->subject, "That name this id only");
  made->add_option("--name", wanted->name, "Of this kind only: decision.made");
  made->add_option("--limit", wanted->limit, "How many [100]")->check(CLI::Range(1, 1000));
  add("head", "Print the head of the chain, to keep where nobody of this machine can write.", [&context] { return printHead(context); });
  made = add("verify", "Reckon the chain of hashes again; fails when an event was changed, removed or slipped in.",
      [&context, wanted] { return verify(context, *wanted); });
  made->add_option("--head", wanted->head, "A head that was kept: it must be part of the chain");
}

}  // namespace allmende::cli
