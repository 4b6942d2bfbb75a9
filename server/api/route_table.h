#pragma once
// Every path of the server in one table: method, path, who may call, handler, a sentence. Behind the door of server/api.
//
// From a row come the dispatch, the check of scopes and the API's description. Two kinds of handlers: typed ones, whose signature says path
// parameters, body and reply (ours), and raw ones, Response(Call), for Jupyter's shapes. A path is literal segments, {one} segment, or
// {any*} number of them, which may be followed by more.

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lib/base/json.h"
#include "server/api/typed.h"

namespace allmende::api {

using accounts::Scope;

// The explicit openings: rows that ask for no scope.
enum class Opening : std::uint8_t {
  Everybody,  // signed in or not; what changes something still needs the XSRF token
  SignedIn,   // anybody who has shown who they are
  Unguarded,  // neither identity nor XSRF token: changes nothing, or looks for a signature itself
};
using Access = std::variant<Scope, Opening>;

struct Row {
  net::Method method = net::Method::Get;
  std::string path;
  std::vector<std::string> names;  // of the path's parameters
  Access access = Opening::SignedIn;
  std::string says;
  bool typed = false;
  net::BodyLimit bodyLimit{1U << 20U};
  std::function<Task<net::Response>(Call)> run;
  std::function<Task<net::Answer>(Call)> open;                 // instead of `run`, where upgrades to a WebSocket are answered
  std::function<void(json::object&, json::object&)> describe;  // into an operation and the schemas of the document

  bool isSocket() const { return open != nullptr; }

  // Allows bodies of that size.
  Row& upTo(net::BodyLimit limit) {
    bodyLimit = limit;
    return *this;
  }
};

struct Match {
  const std::array<Row*, 5>* rows = nullptr;  // of the path, by method; nullptr where there is none
  std::vector<std::string> params;
  const Row* find(net::Method method) const;  // HEAD finds GET's
  std::string allowed() const;                // "GET, PUT"
};

class RouteTable {
 public:
  RouteTable();
  ~RouteTable();

  template <class A, class F>
  Row& get(std::string_view path, Access access, A& api, F handler, std::string_view says) {
    return add(net::Method::Get, path, access, says, bindHandler(api, handler));
  }
  template <class A, class F>
  Row& post(std::string_view path, Access access, A& api, F handler, std::string_view says) {
    return add(net::Method::Post, path, access, says, bindHandler(api, handler));
  }
  template <class A, class F>
  Row& put(std::string_view path, Access access, A& api, F handler, std::string_view says) {
    return add(net::Method::Put, path, access, says, bindHandler(api, handler));
  }
  template <class A, class F>
  Row& patch(std::string_view path, Access access, A& api, F handler, std::string_view says) {
    return add(net::Method::Patch, path, access, says, bindHandler(api, handler));
  }
  template <class A, class F>
  Row& del(std::string_view path, Access access, A& api, F handler, std::string_view says) {
    return add(net::Method::Delete, path, access, says, bindHandler(api, handler));
  }
  template <class A>
  Row& socket(std::string_view path, Access access, A& api, Task<net::Answer> (A::*handler)(Call), std::string_view says) {
    auto& row = add(net::Method::Get, path, access, says, Bound{});
    row.open = [api = &api, handler](Call call) { return (api->*handler)(std::move(call)); };
    return row;
  }

  // `path` as sent, without query and base URL. A trailing slash does not matter. What takes `method` is preferred; else what is there for
  // other methods. Fails with InvalidInput on broken escapes, NotFound when nothing is there.
  Result<Match> find(net::Method method, std::string_view path) const;

  const std::vector<std::unique_ptr<Row>>& rows() const { return rows_; }

 private:
  struct Node;
  Row& add(net::Method method, std::string_view path, Access access, std::string_view says, Bound bound);
  struct Walk;

  std::unique_ptr<Node> root_;
  std::vector<std::unique_ptr<Row>> rows_;
};

}  // namespace allmende::api
