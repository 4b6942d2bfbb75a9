// `allmende`: the verb table.

#include <pwd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>

#include "cli/verbs.h"
#include "lib/config/config.h"

namespace allmende::cli {

int exitCodeOf(Code code) {
  switch (code) {
    case Code::InvalidInput: return 2;
    case Code::Unauthenticated: return 3;
    case Code::Denied: return 4;
    case Code::NotFound: return 5;
    case Code::Conflict: return 6;
    case Code::OverLimit:
    case Code::DiskFull: return 7;
    case Code::Unavailable:
    case Code::TimedOut: return 8;
    case Code::Cancelled: return 130;
    case Code::Internal: return 1;
  }
  return 1;
}

std::filesystem::path defaultDataDirectory() {
  const auto set = config::environment();
  if (const auto found = set.find("ALLMENDE_DATA"); found != set.end()) return found->second;
  if (::geteuid() == 0) return "/var/lib/allmende";
  const auto* user = ::getpwuid(::geteuid());
  return std::filesystem::path(user != nullptr ? user->pw_dir : "/tmp") / ".local/share/allmende";
}

std::filesystem::path programDirectory() { return std::filesystem::read_symlink("/proc/self/exe").parent_path(); }

namespace {

int run(int argumentCount, char** arguments) {
  CLI::App app{"Allmende: a notebook commons that anyone can host."};
  app.set_version_flag("--version", std::string("allmende ") + ALLMENDE_VERSION);
  app.require_subcommand(1);
  Context context{.data = defaultDataDirectory(), .programs = programDirectory()};
  std::string data;
  app.add_option("--data", data, "Data directory [" + context.data.string() + "]");
  app.fallthrough();

  std::function<Result<>()> verb;
  std::string host;
  std::int64_t port = 0;
  const auto takeServerFlags = [&](CLI::App* to) {
    to->add_option("--host", host, "Address to listen on [127.0.0.1]");
    to->add_option("--port", port, "Port to listen on; 0 = any free one [8080]")->check(CLI::Range(0, 65535));
    to->add_option("--data", data, "Data directory");
    to->fallthrough(false)->allow_extras();  // every setting of the server is a flag too
  };
  const auto serverFlags = [&](const CLI::App* of) {
    auto flags = of->remaining();
    if (!host.empty()) flags.insert(flags.end(), {"--host", host});
    if (of->count("--port") > 0) flags.insert(flags.end(), {"--port", std::to_string(port)});
    return flags;
  };
  auto* serveVerb = app.add_subcommand("serve", "Start Allmende on this machine and print its link; Ctrl+C stops it.");
  takeServerFlags(serveVerb);
  bool standsBy = false;
  serveVerb->add_flag(
      "--stand-by", standsBy, "Wait while another `allmende serve --stand-by` serves this directory, and take over when that one ends");
  serveVerb->callback([&] { verb = [&] { return serve(context, serverFlags(serveVerb), standsBy); }; });

  std::string name;
  bool admin = false;
  bool fromInput = false;
  app.add_subcommand("restart", "Start node and server again, as they are installed now; runtimes and their kernels go on.")->callback([&] {
    verb = [&] { return restart(context); };
  });

  auto* accountVerb = app.add_subcommand("account", "Accounts of people who may sign in.")->require_subcommand(1);
  auto* accountCreate = accountVerb->add_subcommand("create", "Create an account; its password is read from standard input.");
  accountCreate->add_option("name", name, "What the person signs in with")->required();
  accountCreate->add_flag("--admin", admin, "May administer this Allmende");
  accountCreate->add_flag("--password-stdin", fromInput, "Read the password from standard input")->required();
  accountCreate->callback([&] { verb = [&] { return createAccount(context, name, admin); }; });
  accountVerb->add_subcommand("list", "List all accounts.")->callback([&] { verb = [&] { return printAccounts(context); }; });
  std::string because;
  bool isSure = false;
  const auto addAccountVerb = [&](const char* called, const char* says) {
    auto* made = accountVerb->add_subcommand(called, says);
    made->add_option("name", name, "What the person signs in with")->required();
    return made;
  };
  auto* accountClose = addAccountVerb("close", "Nobody signs in by it any more, and its runtimes end; what it has stays.");
  accountClose->add_option("--reason", because, "A sentence that its person reads")->required();
  accountClose->callback([&] { verb = [&] { return changeAccount(context, "close", name, because); }; });
  addAccountVerb("reopen", "Open a closed account again.")->callback([&] {
    verb = [&] { return changeAccount(context, "reopen", name, ""); };
  });
  auto* accountErase = addAccountVerb("delete", "Delete a closed account for good, with its files and notebooks.");
  accountErase->add_flag("--for-good", isSure, "There is no way back")->required();
  accountErase->callback([&] { verb = [&] { return changeAccount(context, "erase", name, ""); }; });
  addAccountVerb("link", "Print a link that signs in once, within a day: for who has forgotten the password.")->callback([&] {
    verb = [&] { return printLinkOf(context, name); };
  });

  std::string account;
  std::string label = "command line";
  std::vector<std::string> scopes;
  auto* tokenVerb = app.add_subcommand("token", "API tokens for programs.")->require_subcommand(1);
  auto* tokenCreate = tokenVerb->add_subcommand("create", "Create a token and print it alone.");
  tokenCreate->add_option("--account", account, "Whose token it is")->required();
  tokenCreate->add_option("--name", label, "What it is for, to recognise it later");
  tokenCreate->add_option("--scope", scopes, "One thing that it may do, such as administer; may be given several times [all but that]");
  tokenCreate->callback([&] { verb = [&] { return createToken(context, account, label, scopes); }; });

  NotebookPlace place;
  std::string revision;
  std::string other;
  std::string cell;
  auto* notebookVerb = app.add_subcommand("notebook", "Earlier versions of people's notebooks.")->require_subcommand(1);
  const auto addNotebookVerb = [&](const char* called, const char* says) {
    auto* made = notebookVerb->add_subcommand(called, says);
    made->add_option("path", place.path, "The notebook, on its owner's drive")->required();
    made->add_option("--account", place.account, "Whose notebook it is")->required();
    return made;
  };
  addNotebookVerb("history", "List earlier versions, the newest first.")->callback([&] {
    verb = [&] { return printHistory(context, place); };
  });
  auto* notebookDiff = addNotebookVerb("diff", "Print what differs between an earlier version and another, or the notebook as it is.");
  notebookDiff->add_option("version", revision, "The id of the earlier one")->required();
  notebookDiff->add_option("--with", other, "The id of the later one [as it is now]");
  notebookDiff->callback([&] { verb = [&] { return printDifference(context, place, revision, other); }; });
  auto* notebookRestore = addNotebookVerb("restore", "Make the notebook as it was; what it is now is kept as a version.");
  notebookRestore->add_option("version", revision, "The id of the earlier one")->required();
  notebookRestore->add_option("--cell", cell, "The id of the one cell to restore [all]");
  notebookRestore->callback([&] { verb = [&] { return restoreNotebook(context, place, revision, cell); }; });

  std::string runtime;
  std::string reason;
  auto* runtimeVerb = app.add_subcommand("runtime", "Everybody's runtimes.")->require_subcommand(1);
  runtimeVerb->add_subcommand("list", "List those that run or wait in the queue.")->callback([&] {
    verb = [&] { return printRuntimes(context); };
  });
  auto* runtimeStop = runtimeVerb->add_subcommand("stop", "Stop one.");
  runtimeStop->add_option("runtime", runtime, "Its id")->required();
  runtimeStop->add_option("--reason", reason, "A sentence that its person reads")->required();
  runtimeStop->callback([&] { verb = [&] { return stopRuntime(context, runtime, reason); }; });

  auto* queueVerb = app.add_subcommand("queue", "Whether new runtimes are let in.")->require_subcommand(1);
  auto* queuePause = queueVerb->add_subcommand("pause", "Let none in, before an upgrade or a move; those that run go on.");
  queuePause->add_option("--reason", reason, "A sentence that those who wait read")->required();
  queuePause->callback([&] { verb = [&] { return pauseQueue(context, reason); }; });
  queueVerb->add_subcommand("resume", "Let them in again.")->callback([&] { verb = [&] { return resumeQueue(context); }; });

  auto* groupVerb = app.add_subcommand("group", "Groups of people, which they make themselves.")->require_subcommand(1);
  groupVerb->add_subcommand("list", "List all groups.")->callback([&] { verb = [&] { return printGroups(context); }; });

  TierGrant grant;
  auto* tierVerb = app.add_subcommand("tier", "What people may use: tiers, and who has which.")->require_subcommand(1);
  tierVerb->add_subcommand("list", "List the tiers that hold.")->callback([&] { verb = [&] { return printTiers(context); }; });
  tierVerb->add_subcommand("read", "Read the file of the tiers anew; a mistake in it changes nothing.")->callback([&] {
    verb = [&] { return readTiers(context); };
  });
  auto* tierGrant = tierVerb->add_subcommand("grant", "Give an account or a group a tier.");
  tierGrant->add_option("tier", grant.tier, "The name of its table")->required();
  auto* grantTo = tierGrant->add_option_group("to", "Who gets it")->require_option(1);
  grantTo->add_option("--account", grant.account, "An account");
  grantTo->add_option("--group", grant.group, "The id of a group, as `allmende group list` prints it");
  tierGrant->add_option("--units", grant.units, "Compute units that the group's people may use of it together [as many as they like]")
      ->check(CLI::PositiveNumber)
      ->needs("--group");
  tierGrant->add_option("--days", grant.days, "Until it ends [until another is given]")->check(CLI::Range(1, 36'600));
  tierGrant->add_option("--reason", grant.reason, "Why; the person can read it")->required();
  tierGrant->callback([&] { verb = [&] { return grantTier(context, grant); }; });

  double units = 0;
  auto* unitsVerb = app.add_subcommand("units", "Compute units of accounts.")->require_subcommand(1);
  auto* unitsGive = unitsVerb->add_subcommand("give", "Give an account compute units; less than 0 takes some.");
  unitsGive->add_option("units", units, "How many")->required();
  unitsGive->add_option("--account", account, "Who gets them")->required();
  unitsGive->add_option("--reason", reason, "Why; the person can read it")->required();
  unitsGive->callback([&] { verb = [&] { return giveUnits(context, account, units, reason); }; });

  declarePolicyVerbs(app, context, verb);
  declareAuditVerbs(app, context, verb);

  app.add_subcommand("link", "Print a link that signs an administrator in once.")->callback([&] {
    verb = [&] { return printSignInLink(context); };
  });
  auto* doctorVerb = app.add_subcommand("doctor", "Check what this machine lacks, what that costs and what helps.");
  takeServerFlags(doctorVerb);
  doctorVerb->callback([&] { verb = [&] { return doctor(context, serverFlags(doctorVerb)); }; });

  try {
    app.parse(argumentCount, arguments);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : exitCodeOf(Code::InvalidInput);
  }
  if (!data.empty()) context.data = std::filesystem::absolute(data);
  const auto result = verb();
  if (result) return 0;
  std::fprintf(stderr, "allmende: %s\n", result.error().message.c_str());
  return exitCodeOf(result.error().code);
}

}  // namespace
}  // namespace allmende::cli

int main(int argumentCount, char** arguments) {
  try {
    return allmende::cli::run(argumentCount, arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "allmende: internal error: %s\n", error.what());
    return 1;
  }
}
