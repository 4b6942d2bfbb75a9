#pragma once
// Behind the keeper: one runtime.

#include "node/agent_log.h"
#include "node/endings.h"
#include "node/observe/observe.h"
#include "node/sandbox/sandbox.h"

namespace allmende::node {

struct Kept {
  explicit Kept(const Executor& executor) : changed(executor), watching(executor) {}

  link::Runtime runtime;  // without a socket while it starts
  std::unique_ptr<sandbox::Sandbox> sandbox;
  observe::Places places;
  Duration startedAt{0};  // of Clock::sinceStart()
  Wish wish = Wish::None;
  Duration killAt{0};  // when an agent that was asked to end must be gone
  bool agentEnded = false;
  std::shared_ptr<observe::Watch> watch = std::make_shared<observe::Watch>();  // one look at a time
  std::int64_t driveBytes = 0;                                                 // as last measured
  bool driveIsFull = false;
  std::int64_t memoryKills = 0;              // that the server was told of
  std::optional<Duration> memoryRanOutAt;    // the last time
  std::optional<link::RuntimeEnded> ending;  // once it is over
  bool over = false;
  AgentLog log;
  Notifier changed;
  TaskScope watching;

  // The first wish stands; a later one can only shorten the time the agent has, and none counts once the agent has ended.
  void wishFor(Wish what, Duration until) {
    if (agentEnded) return;
    killAt = wish == Wish::None ? until : std::min(killAt, until);
    if (wish == Wish::None) wish = what;
    changed.notifyAll();
  }
};

}  // namespace allmende::node
