#pragma once
// The verbs of `allmende`, one file each. Every verb returns what it prints last, or the error that becomes message and exit code.

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "lib/base/result.h"

namespace CLI {
class App;
}

namespace allmende::cli {

// What every verb needs to know.
struct Context {
  std::filesystem::path data;      // the data directory
  std::filesystem::path programs;  // where allmende-server, allmende-node and allmende-agent lie
};

// /var/lib/allmende for root, else $XDG_DATA_HOME/allmende or ~/.local/share/allmende.
std::filesystem::path defaultDataDirectory();

// The directory this program lies in.
std::filesystem::path programDirectory();

// The exit code for a failure, as in docs/reference.
int exitCodeOf(Code code);

// Starts node and server, prints the link of the first administrator, and runs until SIGINT or SIGTERM or until one of them cannot go on.
// `serverFlags` go to allmende-server as they are.
Result<> serve(Context context, std::vector<std::string> serverFlags, bool standsBy);

// Has the `allmende serve` of the data directory start node and server again, as they are installed now; what runs in runtimes goes on.
Result<> restart(Context context);

// Creates an account whose password is the first line of standard input.
Result<> createAccount(Context context, std::string name, bool admin);

// All accounts; the standing of one is changed: "close" (with a reason for its person), "reopen", "erase"; a link that signs in once.
Result<> printAccounts(Context context);
Result<> changeAccount(Context context, std::string what, std::string name, std::string reason);
Result<> printLinkOf(Context context, std::string name);

// Creates an API token and prints it alone.
// `scopes`: what it may do; none = what a person may do without administering.
Result<> createToken(Context context, std::string account, std::string name, std::vector<std::string> scopes);

// Which notebook, and of whom.
struct NotebookPlace {
  std::string account;
  std::string path;
};

// Earlier versions of a notebook of the server that runs: lists them, the newest first; prints what differs between two (an empty one is
// the notebook as it is), as diff -u does; makes the notebook, or one cell of it, as it was.
Result<> printHistory(Context context, NotebookPlace place);
Result<> printDifference(Context context, NotebookPlace place, std::string before, std::string after);
Result<> restoreNotebook(Context context, NotebookPlace place, std::string revision, std::string cell);

// Who runs what at the server that runs, or waits for it; and stops one, with a sentence for its person.
Result<> printRuntimes(Context context);
Result<> stopRuntime(Context context, std::string id, std::string reason);
// No new runtimes are let in for a reason that who waits reads, or they are again.
Result<> pauseQueue(Context context, std::string reason);
Result<> resumeQueue(Context context);

// The tiers that hold; the same after their file was read anew, which changes nothing when it cannot be used.
Result<> printTiers(Context context);
Result<> readTiers(Context context);

// All groups of people, one a line.
Result<> printGroups(Context context);

struct TierGrant {
  std::string account;  // either this or a group
  std::string group;
  std::string tier;
  double units = 0;       // of a group: its budget; 0 = none
  std::int64_t days = 0;  // 0 = until another is given
  std::string reason;     // the person can read it
};
Result<> grantTier(Context context, TierGrant grant);

// Gives compute units; less than 0 takes some. The person can read the reason.
Result<> giveUnits(Context context, std::string account, double units, std::string reason);

// `allmende policy …`: declares its verbs; which one was asked for is put into `verb`. `context` is read when that is called.
void declarePolicyVerbs(CLI::App& app, const Context& context, std::function<Result<>()>& verb);

// `allmende audit …`, in the same way.
void declareAuditVerbs(CLI::App& app, const Context& context, std::function<Result<>()>& verb);

// Prints a link that signs an administrator in once.
Result<> printSignInLink(Context context);

// Checks what Allmende needs from this machine; a failed check names its effect and its remedy. Fails with Unavailable when one that
// matters failed.
// `serverFlags`: settings, as for serve().
Result<> doctor(Context context, std::vector<std::string> serverFlags);

}  // namespace allmende::cli
