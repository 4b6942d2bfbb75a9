#include "lib/ydoc/ydoc.h"

#include <allmende-ydoc/src/lib.rs.h>
#include <rust/cxx.h>

namespace allmende::ydoc {
namespace {

rust::Slice<const std::uint8_t> bytesOf(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

std::string textOf(const rust::Vec<std::uint8_t>& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// Rust's errors come as exceptions with a sentence.
template <class F>
auto asking(F work) -> Result<std::invoke_result_t<F>> {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
      work();
      return {};
    } else {
      return work();
    }
  } catch (const rust::Error& error) {
    return fail(Code::InvalidInput, "{}", error.what());
  }
}

}  // namespace

struct Document::Impl {
  rust::Box<bridge::Replica> replica;
};

Document::Document(std::uint64_t client) : impl_(std::make_unique<Impl>(bridge::make_replica(client))) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Result<> Document::apply(std::string_view update) {
  return asking([&] { impl_->replica->apply(bytesOf(update)); });
}

Result<std::string> Document::stateVector() const {
  return asking([&] { return textOf(impl_->replica->state_vector()); });
}

Result<std::string> Document::changesSince(std::string_view stateVector) const {
  return asking([&] { return textOf(impl_->replica->changes_since(bytesOf(stateVector))); });
}

Result<bool> Document::waits() const {
  return asking([&] { return impl_->replica->waits(); });
}

Result<> Document::fillNotebook(const json::object& notebook) {
  const auto text = json::serialize(notebook);
  return asking([&] { impl_->replica->fill_notebook({text.data(), text.size()}); });
}

Result<json::object> Document::readNotebook() const {
  TRY(auto text, asking([&] { return std::string(impl_->replica->read_notebook()); }));
  return parseJsonObject(text, 512);
}

}  // namespace allmende::ydoc
