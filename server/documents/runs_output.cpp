// What a run prints, as the document takes it, and how much of it.

#include "lib/base/log.h"
#include "server/documents/message_fields.h"
#include "server/documents/runs.h"

namespace allmende::documents {
namespace {

constexpr std::string_view kRestType = "application/vnd.allmende.rest+json";

std::string restIdOf(const std::string& run) { return fmt::format("rest-{}", run); }

// The longest beginning of at most `most` bytes that does not cut a character.
std::size_t cutAt(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text.size();
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return most;
}

}  // namespace

void Runs::takeOutput(const std::string& run, const std::string& type, json::object content, const Progress& progress) {
  auto& document = room_->document();
  const auto cell = cells_[run];
  if (type != "update_display_data" && captures_.take(run, type, type == "clear_output" ? content : outputOf(type, content)))
    return change(std::string(), progress);
  if (type == "clear_output") {
    clearsNext_ = content.contains("wait") && content.at("wait") == true;
    if (!clearsNext_) clear(run, progress);
    return;
  }
  if (type == "update_display_data") {
    const auto output = outputOf("display_data", std::move(content));
    const auto* transient = output.if_contains("transient");
    if (transient == nullptr || !output.at("data").is_object() || !output.at("metadata").is_object()) return;
    return change(document.updateDisplay(
                      textOf(transient->get_object(), "display_id"), output.at("data").get_object(), output.at("metadata").get_object()),
        progress);
  }
  if (std::exchange(clearsNext_, false)) clear(run, Progress{});
  if (type == "stream") return takeStream(run, content, progress);
  const auto output = outputOf(type, std::move(content));
  const auto bytes = sizeOfOutput(output);
  auto& volume = volumes_[run];
  if (volume.rich + bytes > kMostRich) {
    volume.lost += bytes;
    change(std::string(), progress);
    return mark(run);
  }
  volume.rich += bytes;
  change(document.appendOutput(cell, output), progress);
}

// Its large parts are kept beside the document. One that cannot be is a text that says so: the cell goes on.
Task<json::object> Runs::withoutLarge(std::string run, json::object content) {
  const auto document = room_->record().id;
  auto taken = co_await running_.pool.runResult([&outputs = running_.outputs, document, content]() mutable -> Result<json::object> {
    TRY(outputs.takeOut(document, content));
    return std::move(content);
  });
  if (taken) co_return *std::move(taken);
  log::warning("output.not_kept", {{"document", document.text()}, {"run", run}, {"error", taken.error().message}});
  content["data"] = {{"text/plain", fmt::format("[{}]", taken.error().message)}};
  co_return content;
}

// ---- how much ----

// The notebook holds the beginning; what comes behind that is stored beside it, together with the message's id as all else.
void Runs::takeStream(const std::string& run, const json::object& content, Progress progress) {
  auto& volume = volumes_[run];
  const auto text = textOf(content, "text");
  const auto held = volume.isMarked ? 0 : cutAt(text, kMostText - volume.text);
  auto output = outputOf("stream", content);
  output["text"] = text.substr(0, held);
  volume.text += held;
  if (held == text.size()) return change(room_->document().appendOutput(cells_[run], output), progress);
  const auto rest = text.substr(held);
  const auto kept = cutAt(rest, kMostRest - volume.rest);
  progress.rest = Rest{.run = run, .cell = cells_[run], .text = std::string(rest.substr(0, kept))};
  volume.rest += kept;
  volume.lost += rest.size() - kept;
  change(held == 0 ? Result<std::string>(std::string()) : room_->document().appendOutput(cells_[run], output), progress);
  mark(run);
}

// Of a run that an earlier server began.
Task<> Runs::measure(std::string run) {
  Volume volume;
  const auto rest = co_await running_.store.sizeOfRest(room_->record().id, run);
  volume.rest = rest.value_or(0);
  const auto notebook = room_->document().readNotebook();
  for (const auto& cell : notebook ? notebook->at("cells").as_array() : json::array()) {
    const auto* outputs = cell.as_object().if_contains("outputs");
    if (textOf(cell.as_object(), "id") != cells_[run] || outputs == nullptr) continue;
    for (const auto& output : outputs->as_array()) {
      const auto bytes = textOf(output.as_object(), "text").size();
      volume.text += bytes;
      if (bytes == 0) volume.rich += sizeOfOutput(output.as_object());
      const auto* data = output.as_object().if_contains("data");
      if (data != nullptr && data->is_object() && data->get_object().contains(kRestType)) volume.isMarked = true;
    }
  }
  volume.text = std::min(volume.text, kMostText);
  volumes_[run] = volume;
}

void Runs::clear(const std::string& run, std::optional<Progress> progress) {
  if (progress) progress->rest = Rest{.run = run, .cell = cells_[run], .text = {}, .beginsAnew = true};
  volumes_[run] = {};
  change(room_->document().clearOutputs(cells_[run]), std::move(progress));
}

// An output that says that there is more. How much is known at the end of the run.
void Runs::mark(const std::string& run) {
  auto& volume = volumes_[run];
  if (std::exchange(volume.isMarked, true)) return;
  json::object output{{"output_type", "display_data"}, {"metadata", json::object()}, {"transient", {{"display_id", restIdOf(run)}}}};
  output["data"] = restOf(run, volume);
  change(room_->document().appendOutput(cells_[run], output), Progress{});
}

// What the kernel's widgets are, for who looks without it.
void Runs::keepWidgets() {
  if (!widgets_.takeChanged()) return;
  auto notebook = room_->document().readNotebook();
  if (!notebook) return;
  auto* metadata = notebook->at("metadata").if_object();
  if (metadata == nullptr) return;
  const auto* known = metadata->if_contains("widgets");
  const auto before = known == nullptr || !known->is_object() ? json::object() : known->get_object();
  auto kept = widgets_.kept(before, shownWidgets(*notebook));
  if (kept == before) return;
  if (kept.empty()) {
    metadata->erase("widgets");
  } else {
    (*metadata)["widgets"] = std::move(kept);
  }
  change(room_->document().becomeNotebook(*notebook), Progress{});
}

void Runs::tellVolume(const std::string& run) {
  const auto found = volumes_.find(run);
  if (found == volumes_.end() || !found->second.isMarked) return;
  change(room_->document().updateDisplay(restIdOf(run), restOf(run, found->second), {}), Progress{});
}

json::object Runs::restOf(const std::string& run, const Volume& volume) const {
  const auto words = volume.lost == 0
                         ? fmt::format("[more output is kept beside the notebook: {} bytes]", volume.rest)
                         : fmt::format("[more output: {} bytes are kept beside the notebook, {} were too much]", volume.rest, volume.lost);
  return {{"text/plain", words},
      {kRestType, {{"document", room_->record().id.text()}, {"run", run}, {"kept", volume.rest}, {"lost", volume.lost}}}};
}

}  // namespace allmende::documents
