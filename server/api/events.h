#pragma once
// Jupyter's event bus, one for each account: what is posted or done is told to the account's own subscribers. Behind the door of
// server/api.
//
// Anyone who may post can make events up, so nothing reads them but clients; what counts stands in the journal.

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "lib/base/json.h"
#include "lib/base/task.h"
#include "server/journal/journal.h"

namespace allmende::api {

inline constexpr std::string_view kContentsEvents = "https://events.jupyter.org/jupyter_server/contents_service/v1";
inline constexpr std::string_view kKernelEvents = "https://events.jupyter.org/jupyter_server/kernel_actions/v1";
inline constexpr std::string_view kGatewayEvents = "https://events.jupyter.org/jupyter_server/gateway_client/v1";
inline constexpr std::size_t kMostEventsWaiting = 512;

class Events {
 public:
  explicit Events(Executor executor) : executor_(std::move(executor)) {}

  // One socket's queue. At its bound the subscriber has stopped reading: it is closed instead of fed.
  struct Subscriber {
    explicit Subscriber(Executor executor) : news(std::move(executor)) {}
    std::deque<std::shared_ptr<const std::string>> waiting;
    bool overrun = false;
    bool closed = false;
    Notifier news;
  };

  std::shared_ptr<Subscriber> subscribe(const AccountId& of);
  // Closes all of an account's.
  void end(const AccountId& of);
  void unsubscribe(const AccountId& of, const std::shared_ptr<Subscriber>& subscriber);
  // `data` at the top level beside schema_id, as stock servers send it.
  void tell(const AccountId& of, std::string_view schema, json::object data);
  // {"action", "path"[, "source_path"]}
  void tellContents(const AccountId& of, std::string_view action, std::string_view path, std::string_view source = "");
  void tellKernel(const AccountId& of, std::string_view action, std::string_view kernel);

 private:
  Executor executor_;
  std::map<AccountId, std::vector<std::shared_ptr<Subscriber>>> subscribers_;
};

}  // namespace allmende::api
