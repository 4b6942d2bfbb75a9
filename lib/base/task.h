#pragma once
// Coroutines of the house: Task<T>, and TaskScope, the owner of background work.
//
// One event loop runs all domain code: what stands between two co_awaits is atomic with respect to other domain code.
// Coroutines take their parameters by value and are members or free functions, never capturing lambdas.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <list>
#include <memory>
#include <string_view>

namespace allmende {

namespace asio = boost::asio;

template <class T = void>
using Task = asio::awaitable<T>;
using Executor = asio::any_io_executor;

// Owns tasks that run in the background. Declare it as the last member, so that it is the first to go.
//
// A task that ends with an exception other than cancellation is logged as "task.failed" and ends alone.
class TaskScope {
 public:
  explicit TaskScope(Executor executor);
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;
  // Cancels what still runs. Prefer close(): after a mere destruction tasks may finish later, so they must not touch the owner.
  ~TaskScope();

  // Starts a task; `name` stands in the log should it fail. A closed scope starts nothing.
  void spawn(std::string_view name, Task<> task);

  // Cancels every task and waits until all have ended. Safe to call twice.
  Task<> close();

  // Waits until no task is left, without cancelling.
  Task<> drained();

  std::size_t size() const;
  Executor executor() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// A one-loop condition variable: wait() returns after the next notifyAll(), or at once when cancelled.
class Notifier {
 public:
  explicit Notifier(Executor executor);
  Task<> wait();
  // The same for `patience` at most; returns whether it was notified.
  Task<bool> waitFor(std::chrono::milliseconds patience);
  void notifyAll();

 private:
  asio::steady_timer timer_;
  std::shared_ptr<std::list<asio::steady_timer*>> timed_;
};

}  // namespace allmende
