#pragma once
// The templates of net::Pool. Part of the door lib/net/net.h.

#include <optional>
#include <type_traits>

#include "lib/net/net.h"

namespace allmende::net {

template <class F>
Task<Result<std::invoke_result_t<F>>> Pool::run(F work) {
  using T = std::invoke_result_t<F>;
  if constexpr (std::is_void_v<T>) {
    co_return co_await runErased(std::move(work));
  } else {
    // Shared, because a cancelled wait leaves the job running on its thread.
    auto value = std::make_shared<std::optional<T>>();
    CO_TRY(co_await runErased([value, work = std::move(work)]() mutable { value->emplace(work()); }));
    co_return std::move(**value);
  }
}

template <class F>
Task<std::invoke_result_t<F>> Pool::runResult(F work) {
  auto result = co_await run(std::move(work));
  if (!result) co_return std::unexpected(std::move(result).error());
  co_return *std::move(result);
}

}  // namespace allmende::net
