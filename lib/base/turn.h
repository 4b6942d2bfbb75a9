#pragma once
// One at a time, in a loop of coroutines: what a Turn guards may be used across co_awaits by whoever holds it.

#include <memory>
#include <utility>

#include "lib/base/task.h"

namespace allmende {

class Turn {
 private:
  struct State {
    explicit State(Executor executor) : freed(std::move(executor)) {}
    bool taken = false;
    std::size_t waiting = 0;
    Notifier freed;
  };

 public:
  explicit Turn(Executor executor) : state_(std::make_shared<State>(std::move(executor))) {}

  // Until its end nobody else holds one. It may outlive the Turn.
  class Held {
   public:
    Held(Held&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
    Held& operator=(Held&&) = delete;
    ~Held() {
      if (state_ == nullptr) return;
      state_->taken = false;
      state_->freed.notifyAll();
    }

   private:
    friend class Turn;
    explicit Held(std::shared_ptr<State> state) : state_(std::move(state)) { state_->taken = true; }
    std::shared_ptr<State> state_;
  };

  // Waits until it is free.
  Task<Held> take() {
    const auto state = state_;
    const Waiting waiting(*state);
    while (state->taken) co_await state->freed.wait();
    co_return Held(state);
  }

  // Whether nobody holds it or waits for it.
  bool isFree() const { return !state_->taken && state_->waiting == 0; }

 private:
  struct Waiting {
    explicit Waiting(State& of) : state(of) { ++state.waiting; }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting() { --state.waiting; }
    State& state;
  };
  std::shared_ptr<State> state_;
};

}  // namespace allmende
