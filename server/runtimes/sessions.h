#pragma once
// Jupyter's sessions: which notebook uses which kernel. Part of the door server/runtimes/runtimes.h.
//
// Kept in a table beside memory, so that an open notebook finds its kernel again after a restart of the server.

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
  // Stops the kernel, too. Fails with NotFound for an unknown id, Conflict when the kernel was gone already.
  Task<Result<>> stop(AccountId of, std::string id);

 private:
  Task<Result<>> write(AccountId of, Session session);
  Task<Result<>> forget(AccountId of, std::string id);

  store::Database& database_;
  Kernels& kernels_;
  const Clock& clock_;
  std::map<AccountId, std::map<std::string, Session>> sessions_;
};

}  // namespace allmende::runtimes
