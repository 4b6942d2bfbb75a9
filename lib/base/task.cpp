#include "lib/base/task.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <string>

#include "lib/base/log.h"

namespace allmende {

struct TaskScope::State {
  explicit State(Executor on) : executor(std::move(on)), empty(executor) {}

  Executor executor;
  std::list<asio::cancellation_signal> running;
  Notifier empty;
  bool closed = false;

  void cancelAll() {
    closed = true;
    // A cancelled task may end at once and leave the list, so step before emitting.
    for (auto at = running.begin(); at != running.end();) (at++)->emit(asio::cancellation_type::all);
  }
};

namespace {

void reportFailure(const std::string& name, const std::exception_ptr& failure) {
  if (!failure) return;
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) return;
    log::error("task.failed", {{"task", name}, {"error", error.what()}});
  } catch (const std::exception& error) {
    log::error("task.failed", {{"task", name}, {"error", error.what()}});
  }
}

}  // namespace

TaskScope::TaskScope(Executor executor) : state_(std::make_shared<State>(std::move(executor))) {}

TaskScope::~TaskScope() { state_->cancelAll(); }

void TaskScope::spawn(std::string_view name, Task<> task) {
  if (state_->closed) return;
  auto signal = state_->running.emplace(state_->running.end());
  auto done = [state = state_, signal, name = std::string(name)](std::exception_ptr failure) {
    state->running.erase(signal);
    reportFailure(name, failure);
    if (state->running.empty()) state->empty.notifyAll();
  };
  asio::co_spawn(state_->executor, std::move(task), asio::bind_cancellation_slot(signal->slot(), std::move(done)));
}

Task<> TaskScope::close() {
  auto state = state_;  // outlives the scope, should its owner go while we wait
  state->cancelAll();
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  while (!state->running.empty()) co_await state->empty.wait();
}

Task<> TaskScope::drained() {
  auto state = state_;
  while (!state->running.empty()) {
    co_await state->empty.wait();
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) co_return;
  }
}

std::size_t TaskScope::size() const { return state_->running.size(); }

Executor TaskScope::executor() const { return state_->executor; }

Notifier::Notifier(Executor executor)
    : timer_(std::move(executor), asio::steady_timer::time_point::max()), timed_(std::make_shared<std::list<asio::steady_timer*>>()) {}

Task<> Notifier::wait() {
  boost::system::error_code ignored;
  co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

Task<bool> Notifier::waitFor(std::chrono::milliseconds patience) {
  asio::steady_timer own(timer_.get_executor(), patience);
  // The entry goes with this frame, however that ends; the list outlives a notifier that is gone first.
  struct Entry {
    std::shared_ptr<std::list<asio::steady_timer*>> list;
    std::list<asio::steady_timer*>::iterator at;
    ~Entry() { list->erase(at); }
  };
  const Entry entry{timed_, timed_->insert(timed_->end(), &own)};
  boost::system::error_code error;
  co_await own.async_wait(asio::redirect_error(asio::use_awaitable, error));
  co_return error == asio::error::operation_aborted;
}

void Notifier::notifyAll() {
  timer_.cancel();
  for (auto* timed : *timed_) timed->cancel();
}

}  // namespace allmende
