#include "lib/base/folder_watch.h"

#include <fmt/format.h>
#include <sys/inotify.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <map>

namespace allmende {
namespace {

constexpr std::uint32_t kChanges = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;

struct Entry {
  std::uint64_t id = 0;
  std::string name;
  std::function<void()> changed;
};

}  // namespace

struct FolderWatch::State {
  explicit State(const Executor& executor) : descriptor(executor) {}

  // Those of a watch that have this name; of all watches and names for an overflow. Copied: what is called may drop tickets.
  std::vector<std::function<void()>> interested(int watch, std::string_view name) const {
    std::vector<std::function<void()>> found;
    for (const auto& [number, list] : entries) {
      if (watch >= 0 && number != watch) continue;
      for (const auto& entry : list) {
        if (watch < 0 || name.empty() || entry.name == name) found.push_back(entry.changed);
      }
    }
    return found;
  }

  asio::posix::stream_descriptor descriptor;
  std::map<int, std::vector<Entry>> entries;  // by inotify's number of a folder
  std::uint64_t lastId = 0;
};

struct FolderWatch::Ticket::Held {
  Held(std::weak_ptr<State> of, int number, std::uint64_t entry) : state(std::move(of)), watch(number), id(entry) {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() {
    const auto known = state.lock();
    if (known == nullptr) return;
    const auto list = known->entries.find(watch);
    if (list == known->entries.end()) return;
    std::erase_if(list->second, [&](const Entry& entry) { return entry.id == id; });
    if (!list->second.empty()) return;
    known->entries.erase(list);
    if (known->descriptor.is_open()) ::inotify_rm_watch(known->descriptor.native_handle(), watch);
  }
  std::weak_ptr<State> state;
  int watch;
  std::uint64_t id;
};

FolderWatch::Ticket::Ticket() = default;
FolderWatch::Ticket::Ticket(Ticket&&) noexcept = default;
FolderWatch::Ticket& FolderWatch::Ticket::operator=(Ticket&&) noexcept = default;
FolderWatch::Ticket::~Ticket() = default;
FolderWatch::Ticket::operator bool() const {
  const auto known = held_ == nullptr ? nullptr : held_->state.lock();
  return known != nullptr && known->entries.contains(held_->watch);
}

FolderWatch::FolderWatch(Executor executor) : executor_(executor), state_(std::make_shared<State>(executor)), tasks_(executor) {}
FolderWatch::~FolderWatch() = default;

Task<> FolderWatch::close() {
  boost::system::error_code ignored;
  state_->descriptor.close(ignored);
  co_await tasks_.close();
}

Result<FolderWatch::Ticket> FolderWatch::watch(const Descriptor& folder, std::string name, std::function<void()> changed) {
  auto& state = *state_;
  if (!state.descriptor.is_open()) {
    const int made = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (made < 0) return fail(Code::Unavailable, "files cannot be watched: {}", std::strerror(errno));
    state.descriptor.assign(made);
    tasks_.spawn("hear of changed files", read());
  }
  const auto place = fmt::format("/proc/self/fd/{}", folder.get());
  const int number = ::inotify_add_watch(state.descriptor.native_handle(), place.c_str(), kChanges | IN_ONLYDIR);
  if (number < 0) return fail(Code::Unavailable, "the file '{}' cannot be watched: {}", name, std::strerror(errno));
  const auto id = ++state.lastId;
  state.entries[number].push_back({id, std::move(name), std::move(changed)});
  Ticket ticket;
  ticket.held_ = std::make_unique<Ticket::Held>(state_, number, id);
  return ticket;
}

Task<> FolderWatch::read() {
  const auto state = state_;
  alignas(inotify_event) std::array<char, 16'384> bytes{};
  for (;;) {
    const auto [error, count] = co_await state->descriptor.async_read_some(asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
    for (std::size_t at = 0; at + sizeof(inotify_event) <= count;) {
      inotify_event event{};
      std::memcpy(&event, &bytes.at(at), sizeof event);
      const std::string_view name = event.len == 0 ? std::string_view() : std::string_view(&bytes.at(at + sizeof event));
      const auto interested = state->interested((event.mask & IN_Q_OVERFLOW) != 0 ? -1 : event.wd, name);
      if ((event.mask & IN_IGNORED) != 0) state->entries.erase(event.wd);  // the folder is gone
      for (const auto& changed : interested) changed();
      at += sizeof event + event.len;
    }
  }
}

}  // namespace allmende
