#pragma once
// Jupyter's sessions: which notebook uses which kernel. Part of the door server/runtimes/runtimes.h.
//
// Kept in a table beside memory, so that an open notebook finds its kernel again after a restart of the server; and so is which runtime a
// notebook uses, when its person has chosen another than the one without a name.

#include <map>
#include <string>
#include <vector>

#include "lib/store/store.h"
#include "server/runtimes/kernels.h"

namespace allmende::runtimes {

struct Session {
  std::string id;
  std::string path;
  std::string name;
  std::string type;
  std::string kernel;  // its id
};

struct SessionWish {
  std::string path;
  std::string name;
  std::string type;
  std::optional<std::string> kernelId;    // one that runs
  std::optional<std::string> kernelName;  // or one to start
};

struct SessionChange {
  std::optional<std::string> path;
  std::optional<std::string> name;
  std::optional<std::string> type;
  std::optional<std::string> kernel;  // the id of another kernel; the old one is stopped
};

class Sessions {
 public:
  Sessions(store::Database& database, Kernels& kernels, const Clock& clock) : database_(database), kernels_(kernels), clock_(clock) {}

  // Reads what was there before a restart; sessions whose kernel did not live on vanish at the next look.
  Task<Result<>> load();

  // Only sessions whose kernel still lives, each with its kernel's model.
  struct WithKernel {
    Session session;
    KernelModel kernel;
  };
  Task<Result<std::vector<WithKernel>>> list(AccountId of);
  Task<Result<WithKernel>> get(AccountId of, std::string id);
  std::optional<std::string> findByPath(const AccountId& of, const std::string& path) const;
  Task<Result<WithKernel>> start(AccountId of, SessionWish wish);
  Task<Result<WithKernel>> change(AccountId of, std::string id, SessionChange change);
  static constexpr std::size_t kMostChoices = 10'000;  // of one account
  // The name of the runtime in which a notebook's kernel is started.
  std::string runtimeOf(const AccountId& of, const std::string& path) const;
  // Has it be another one from now on. A kernel that it has elsewhere is stopped, with its session.
  Task<Result<>> choose(AccountId of, std::string path, std::string runtime);
  // A notebook or folder has another path: what was chosen for it goes along.
  Task<Result<>> moved(AccountId of, std::string from, std::string to);
  // A runtime has another name: what used it goes on to.
  Task<Result<>> renamed(AccountId of, std::string before, std::string now);
  // Stops the kernel, too. Fails with NotFound for an unknown id, Conflict when the kernel was gone already.
  Task<Result<>> stop(AccountId of, std::string id);

 private:
  Task<Result<>> write(AccountId of, Session session);
  Task<Result<>> forget(AccountId of, std::string id);
  Task<Result<>> keepChoice(AccountId of, std::string path, std::string runtime);

  store::Database& database_;
  Kernels& kernels_;
  const Clock& clock_;
  std::map<AccountId, std::map<std::string, Session>> sessions_;
  std::map<AccountId, std::map<std::string, std::string>> choices_;  // names of runtimes by path
};

}  // namespace allmende::runtimes
