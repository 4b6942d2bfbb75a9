#include "server/api/events.h"

namespace allmende::api {

std::shared_ptr<Events::Subscriber> Events::subscribe(const AccountId& of) {
  return subscribers_[of].emplace_back(std::make_shared<Subscriber>(executor_));
}

void Events::end(const AccountId& of) {
  const auto found = subscribers_.find(of);
  if (found == subscribers_.end()) return;
  for (const auto& subscriber : found->second) {
    subscriber->overrun = true;
    subscriber->news.notifyAll();
  }
}

void Events::unsubscribe(const AccountId& of, const std::shared_ptr<Subscriber>& subscriber) {
  const auto found = subscribers_.find(of);
  if (found == subscribers_.end()) return;
  std::erase(found->second, subscriber);
  if (found->second.empty()) subscribers_.erase(found);
}

void Events::tell(const AccountId& of, std::string_view schema, json::object data) {
  const auto found = subscribers_.find(of);
  if (found == subscribers_.end()) return;
  data["schema_id"] = schema;
  const auto text = std::make_shared<const std::string>(json::serialize(data));
  for (const auto& subscriber : found->second) {
    if (subscriber->waiting.size() >= kMostEventsWaiting) {
      subscriber->overrun = true;
    } else {
      subscriber->waiting.push_back(text);
    }
    subscriber->news.notifyAll();
  }
}

void Events::tellContents(const AccountId& of, std::string_view action, std::string_view path, std::string_view source) {
  if (!subscribers_.contains(of)) return;
  json::object data{{"action", action}, {"path", path}};
  if (!source.empty()) data["source_path"] = source;
  tell(of, kContentsEvents, std::move(data));
}

void Events::tellKernel(const AccountId& of, std::string_view action, std::string_view kernel) {
  if (!subscribers_.contains(of)) return;
  tell(of, kKernelEvents,
      {{"action", action}, {"kernel_id", kernel}, {"msg", fmt::format("Kernel {}: {}", kernel, action)}, {"status", "success"}});
}

}  // namespace allmende::api
