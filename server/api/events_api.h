#pragma once
// Jupyter's events endpoints. Behind the door of server/api.

#include "server/api/call.h"
#include "server/api/events.h"

namespace allmende::api {

class EventsApi {
 public:
  explicit EventsApi(Events& events) : events_(events) {}

  Task<net::Response> post(Call call);
  Task<net::Answer> subscribe(Call call);

 private:
  static Task<> serve(Events& events, AccountId of, std::shared_ptr<net::WebSocket> socket);
  Events& events_;
};

}  // namespace allmende::api
