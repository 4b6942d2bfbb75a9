#include "lib/ydoc/ydoc.h"

#include <allmende-ydoc/src/lib.rs.h>
#include <rust/cxx.h>

namespace allmende::ydoc {
namespace {

rust::Slice<const std::uint8_t> bytesOf(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

rust::Str strOf(std::string_view text) { return {text.data(), text.size()}; }

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

Result<std::string> Document::apply(std::string_view update) {
  return asking([&] { return textOf(impl_->replica->apply(bytesOf(update))); });
}

Result<> Document::load(std::string_view update) {
  return asking([&] { impl_->replica->load(bytesOf(update)); });
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
  return asking([&] { impl_->replica->fill_notebook(strOf(text)); });
}

Result<json::object> Document::readNotebook() const {
  TRY(auto text, asking([&] { return std::string(impl_->replica->read_notebook()); }));
  return parseJsonObject(text, 512);
}

Result<std::vector<CellSource>> Document::listCells() const {
  TRY(const auto text, asking([&] { return std::string(impl_->replica->list_cells()); }));
  TRY(const auto list, parseJson(text));
  std::vector<CellSource> cells;
  for (const auto& one : list.as_array()) {
    const auto& cell = one.as_object();
    const auto said = [&](std::string_view key) { return std::string(cell.at(key).as_string()); };
    cells.push_back({said("id"), said("type"), said("source")});
  }
  return cells;
}

Result<std::string> Document::becomeNotebook(const json::object& notebook) {
  const auto text = json::serialize(notebook);
  return asking([&] { return textOf(impl_->replica->become_notebook(strOf(text))); });
}

Result<std::string> Document::beginRun(std::string_view cell) {
  return asking([&] { return textOf(impl_->replica->begin_run(strOf(cell))); });
}

Result<std::string> Document::clearOutputs(std::string_view cell) {
  return asking([&] { return textOf(impl_->replica->clear_outputs(strOf(cell))); });
}

Result<std::string> Document::appendOutput(std::string_view cell, const json::object& output) {
  const auto text = json::serialize(output);
  return asking([&] { return textOf(impl_->replica->append_output(strOf(cell), strOf(text))); });
}

Result<std::string> Document::updateDisplay(std::string_view display, const json::object& data, const json::object& metadata) {
  const auto text = json::serialize(json::object{{"display_id", display}, {"data", data}, {"metadata", metadata}});
  return asking([&] { return textOf(impl_->replica->update_display(strOf(text))); });
}

Result<std::string> Document::endRun(std::string_view cell, std::optional<std::int64_t> count) {
  const auto text = count ? std::to_string(*count) : "null";
  return asking([&] { return textOf(impl_->replica->end_run(strOf(cell), strOf(text))); });
}

}  // namespace allmende::ydoc
