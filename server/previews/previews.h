#pragma once
// Web apps that people start in their runtimes (TensorBoard, Gradio, Streamlit, a model behind Flask), shown in a browser: each at a host
// name of its own, and so an origin of its own, for its owner and whom they name. Nobody else reaches it: a preview is no web server.
//
// Bytes go browser → server → agent → the app's port, both ways and as they come, so that streams and WebSockets work. Of what the browser
// sends and the app answers only the heads are read and changed (http_heads.h).

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/id.h"
#include "lib/base/result.h"
#include "lib/base/task.h"
#include "lib/net/net.h"
#include "lib/store/store.h"
#include "server/journal/journal.h"
#include "server/previews/passes.h"
#include "server/previews/preview.h"
#include "server/runtimes/runtimes.h"

namespace allmende::previews {

// Who asks at a preview's own name, with a trusted proxy's word taken into account.
struct Visit {
  std::string host;     // what they call it, with the port
  bool secure = false;  // over TLS, at least on their side of a proxy
};

class Previews {
 public:
  static constexpr std::size_t kMost = 20;              // of one account
  static constexpr std::size_t kMostViewers = 20;       // of one preview
  static constexpr std::size_t kMostConnections = 128;  // at once, to all of one account

  // The rooms below, which outlive this one.
  struct Below {
    store::Database& database;
    runtimes::Runtimes& runtimes;
    runtimes::Care& care;
    journal::Journal& journal;
    const Clock& clock;
  };
  // Previews are at names below `hostName`; when that is empty, below "localhost" for those who call the server so (or by 127.0.0.1).
  Previews(Executor executor, Below below, std::string hostName);

  // Reads what there is, before anybody is served.
  Task<Result<>> load();
  Task<> close();
  // Where people without a pass are sent, to be asked who they are: the installation's address, with a slash at its end.
  void setUrl(std::string url) { url_ = std::move(url); }

  // What listens in a runtime, by port. NotFound when the runtime is not theirs or does not run.
  Task<Result<std::vector<ListeningPort>>> listPorts(AccountId of, runtimes::RuntimeId runtime);

  // A preview of a port of theirs; the one that is there is as good. NotFound as above, InvalidInput for what is no port, OverLimit beyond
  // kMost.
  Task<Result<Preview>> open(AccountId of, runtimes::RuntimeId runtime, std::int64_t port);
  // Their own, then those that others show them, the oldest first.
  std::vector<Preview> list(const AccountId& of) const;
  // NotFound when it is not theirs, here and below; who looks at it is cut off.
  Task<Result<>> end(AccountId of, PreviewId id);
  // To somebody else; OverLimit beyond kMostViewers.
  Task<Result<>> show(AccountId of, PreviewId id, AccountId to);
  Task<Result<>> hide(AccountId of, PreviewId id, AccountId from);

  // Where a browser may go once, within a minute, to see it: leads to `path` of the app. `host` is what it calls the server now. NotFound
  // when it is not for them, InvalidInput where nothing can be shown by that name.
  Result<std::string> makeLink(const AccountId& by, const PreviewId& id, const std::string& host, bool secure, const std::string& path);
  // What the page's content security policy has to allow in frames: "http://*.localhost:8080"; empty where nothing can be shown.
  std::string frameSource(const std::string& host, bool secure) const;

  // Of a runtime that has ended, an account that has signed out, or is to be deleted.
  void ended(const runtimes::RuntimeId& runtime);
  void signedOut(const AccountId& account);
  Task<Result<>> forgetAccount(AccountId of);
  // Removes those of runtimes that ended while no server looked.
  Task<Result<>> sweep();

  // What somebody sees who follows a link to one that is not there, or not for them.
  static net::Response gonePage(const net::RequestHead& head);
  // Whether a request that calls us by this host is for a preview.
  bool isOurs(std::string_view host) const;
  Task<net::Answer> serve(net::Request request, Visit visit);

 private:
  struct Shown;  // see shown.h

  const Preview* find(const PreviewId& id) const;
  const Preview* findOwn(const AccountId& of, const PreviewId& id) const;
  const Preview* findFor(const AccountId& who, const PreviewId& id) const;
  std::optional<PreviewId> idIn(std::string_view host) const;
  std::string suffixFor(std::string_view host) const;
  net::Response enter(const net::Request& request, const PreviewId& id, const Visit& visit);
  std::optional<net::Response> refusal(
      const net::RequestHead& head, const Preview& preview, const std::optional<AccountId>& who, const Visit& visit) const;
  Task<net::Answer> reach(net::Request request, Preview preview, AccountId who, Visit visit);
  void cutThose(const std::function<bool(const Shown&)>& which);
  void forgetViewer(const PreviewId& id, const AccountId& who);
  Task<Result<>> remove(PreviewId id);
  Task<> removeAll(std::vector<PreviewId> ids);

  Below below_;
  std::string hostName_;
  std::string url_;
  std::map<PreviewId, Preview> previews_;
  Passes passes_;
  std::list<Shown*> shown_;
  TaskScope scope_;
};

}  // namespace allmende::previews
