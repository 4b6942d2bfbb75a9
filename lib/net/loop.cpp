// The event loop of a process, and the pools beside it.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "lib/base/log.h"
#include "lib/net/net.h"

namespace allmende::net {

struct EventLoop::Impl {
  asio::io_context context{1};
};

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}
EventLoop::~EventLoop() = default;

Executor EventLoop::executor() { return impl_->context.get_executor(); }

int EventLoop::run(Task<int> body) {
  int result = 0;
  std::exception_ptr failure;
  asio::co_spawn(impl_->context, std::move(body), [&](std::exception_ptr thrown, int value) {
    failure = thrown;
    result = value;
  });
  impl_->context.run();
  impl_->context.restart();
  if (failure) std::rethrow_exception(failure);
  return result;
}

Task<int> EventLoop::signalled() {
  asio::signal_set signals(impl_->context, SIGINT, SIGTERM, SIGHUP);
  const auto [error, number] = co_await signals.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return error ? 0 : number;
}

struct Pool::Impl {
  std::string name;
  std::size_t mostWaiting = 0;
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::move_only_function<void()>> waiting;  // guarded by mutex; at most mostWaiting, then refused
  bool stopping = false;                                // guarded by mutex
  std::vector<std::jthread> threads;

  void work() {
    for (;;) {
      std::unique_lock lock(mutex);
      wake.wait(lock, [&] { return stopping || !waiting.empty(); });
      if (waiting.empty()) return;
      auto job = std::move(waiting.front());
      waiting.pop_front();
      lock.unlock();
      job();
    }
  }

  bool offer(std::move_only_function<void()> job) {
    const std::scoped_lock lock(mutex);
    if (stopping || waiting.size() >= mostWaiting) return false;
    waiting.push_back(std::move(job));
    wake.notify_one();
    return true;
  }
};

Pool::Pool(std::string name, unsigned threads, std::size_t mostWaiting) : impl_(std::make_unique<Impl>()) {
  impl_->name = std::move(name);
  impl_->mostWaiting = mostWaiting;
  for (unsigned i = 0; i < threads; ++i) impl_->threads.emplace_back([impl = impl_.get()] { impl->work(); });
}

Pool::~Pool() {
  {
    const std::scoped_lock lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_all();
  impl_->threads.clear();  // joins: what was accepted is finished
}

Task<Result<>> Pool::runErased(std::move_only_function<void()> work) {
  const auto home = co_await asio::this_coro::executor;
  auto accepted = std::make_shared<bool>(true);
  auto thrown = std::make_shared<std::exception_ptr>();
  auto start = [this, home, accepted, thrown, work = std::move(work)](auto handler) mutable {
    auto done = std::make_shared<decltype(handler)>(std::move(handler));
    auto guard = asio::prefer(home, asio::execution::outstanding_work.tracked);
    auto resume = [guard, done] { asio::post(guard, [done] { std::move (*done)(); }); };
    *accepted = impl_->offer([work = std::move(work), thrown, resume]() mutable {
      try {
        work();
      } catch (...) {
        *thrown = std::current_exception();
      }
      work = nullptr;  // what the job holds dies on its own thread, before anybody is told
      resume();
    });
    if (!*accepted) resume();
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(std::move(start), asio::use_awaitable);
  if (!*accepted)
    co_return fail(Code::Unavailable, "the server is busy: {} jobs wait for the {} pool already; try again in a moment", impl_->mostWaiting,
        impl_->name);
  if (*thrown) std::rethrow_exception(*thrown);
  co_return Result<>{};
}

}  // namespace allmende::net
