#include "server/documents/large_outputs.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstring>
#include <fstream>

#include "lib/base/descriptor.h"
#include "lib/base/log.h"
#include "lib/base/sha256.h"
#include "server/documents/message_fields.h"

namespace allmende::documents {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnfinished = ".unfinished-";
constexpr std::size_t kDeepest = 512;  // of JSON that a kernel sent

bool isHash(std::string_view text) {
  return text.size() == 2 * Sha256::kSize && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Null when the output refers to nothing.
const json::object* partsOf(const json::object& output) {
  const auto* data = findObject(output, "data");
  const auto* reference = data == nullptr ? nullptr : findObject(*data, LargeOutputs::kReference);
  return reference == nullptr ? nullptr : findObject(*reference, "parts");
}

template <class Do>
void eachOutput(json::object& notebook, Do work) {
  auto* cells = notebook.if_contains("cells");
  if (cells == nullptr || !cells->is_array()) return;
  for (auto& cell : cells->get_array()) {
    auto* outputs = cell.is_object() ? cell.get_object().if_contains("outputs") : nullptr;
    if (outputs == nullptr || !outputs->is_array()) continue;
    for (auto& output : outputs->get_array()) {
      if (output.is_object()) work(output.get_object());
    }
  }
}

Result<> writeThrough(const fs::path& path, std::string_view text) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  for (auto left = text; file && !left.empty();) {
    const auto written = ::write(file.get(), left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0)
      return fail(errno == ENOSPC ? Code::DiskFull : Code::Unavailable, "an output cannot be kept: {}", std::strerror(errno));
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  if (!file || ::fsync(file.get()) != 0) return fail(Code::Unavailable, "an output cannot be kept: {}", std::strerror(errno));
  return {};
}

std::optional<std::string> readWhole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

std::size_t sizeOfOutput(const json::object& output) {
  auto bytes = json::serialize(output).size();
  if (const auto* parts = partsOf(output)) {
    for (const auto& part : *parts) {
      const auto* size = part.value().is_object() ? part.value().get_object().if_contains("size") : nullptr;
      if (size != nullptr && size->is_int64() && size->get_int64() > 0) bytes += static_cast<std::size_t>(size->get_int64());
    }
  }
  return bytes;
}

// ---- out of a document, and back ----

template <class Make>
Result<> LargeOutputs::keep(const DocumentId& of, const std::string& hash, Make make) const {
  const auto folder = folderOf(of);
  const auto path = folder / hash;
  std::error_code error;
  if (fs::exists(path, error)) {
    fs::last_write_time(path, fs::file_time_type::clock::now(), error);
    return {};
  }
  fs::create_directories(folder, error);
  const auto unfinished = folder / (std::string(kUnfinished) + randomHex(8));
  Result<> written = make(unfinished);
  if (written) {
    fs::rename(unfinished, path, error);
    const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (error || !opened || ::fsync(opened.get()) != 0) written = fail(Code::Unavailable, "an output cannot be kept: {}", error.message());
  }
  if (!written) fs::remove(unfinished, error);
  return written;
}

Result<> LargeOutputs::store(const DocumentId& of, const std::string& hash, std::string_view text) const {
  return keep(of, hash, [text](const fs::path& path) { return writeThrough(path, text); });
}

Result<> LargeOutputs::adopt(const DocumentId& by, const DocumentId& from, const std::vector<std::string>& hashes) const {
  for (const auto& hash : hashes) {
    TRY(const auto there, open(from, hash));
    TRY(keep(by, hash, [&](const fs::path& path) -> Result<> {
      std::error_code error;
      fs::create_hard_link(folderOf(from) / hash, path, error);
      if (error) return fail(Code::Unavailable, "an output cannot be kept: {}", error.message());
      fs::last_write_time(path, fs::file_time_type::clock::now(), error);  // until the document refers to it
      return {};
    }));
  }
  return {};
}

Result<> LargeOutputs::takeOut(const DocumentId& of, json::object& output) const {
  auto* found = output.if_contains("data");
  if (threshold_ == 0 || found == nullptr || !found->is_object()) return {};
  auto& data = found->get_object();
  json::object parts;
  for (const auto& part : data) {
    if (part.key() == kReference) continue;
    const auto text = json::serialize(part.value());
    if (!mayBeLarge(text.size())) continue;
    const auto hash = sha256Of(text);
    TRY(store(of, hash, text));
    parts[part.key()] = {{"hash", hash}, {"size", static_cast<std::int64_t>(text.size())}};
  }
  if (parts.empty()) return {};
  for (const auto& part : parts) data.erase(part.key());
  data[kReference] = {{"parts", std::move(parts)}};
  return {};
}

Result<> LargeOutputs::takeOutAll(const DocumentId& of, json::object& notebook) const {
  Result<> taken;
  eachOutput(notebook, [&](json::object& output) {
    if (taken) taken = takeOut(of, output);
  });
  return taken;
}

void LargeOutputs::putBack(const DocumentId& of, json::object& output) const {
  const auto* found = partsOf(output);
  if (found == nullptr) return;
  const auto parts = *found;
  auto& data = output.at("data").get_object();
  data.erase(kReference);
  for (const auto& part : parts) {
    const auto hash = part.value().is_object() ? textOf(part.value().get_object(), "hash") : std::string_view();
    const auto text = isHash(hash) ? readWhole(folderOf(of) / hash) : std::nullopt;
    boost::system::error_code error;
    auto value = text ? json::parse(*text, error, {}, {.max_depth = kDeepest}) : json::value();
    if (text && !error) data[part.key()] = std::move(value);
  }
  if (data.empty()) data["text/plain"] = "[this output is not there any more]";
}

void LargeOutputs::putBackAll(const DocumentId& of, json::object& notebook) const {
  eachOutput(notebook, [&](json::object& output) { putBack(of, output); });
}

// ---- what is there ----

Result<net::FileBody> LargeOutputs::open(const DocumentId& of, std::string_view hash) const {
  if (!isHash(hash)) return fail(Code::InvalidInput, "'{}' is no hash of an output, which has 64 hex digits", hash.substr(0, 80));
  Descriptor file(::open((folderOf(of) / hash).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  struct stat about{};
  if (!file || ::fstat(file.get(), &about) != 0) return fail(Code::NotFound, "this output is not there (any more)");
  return net::makeFileBody(file.release(), 0, static_cast<std::uint64_t>(about.st_size));
}

void LargeOutputs::sweep(const DocumentId& of, const json::object& notebook, Instant now) const {
  std::error_code error;
  if (!fs::exists(folderOf(of), error)) return;
  std::set<std::string> needed;
  auto looked = notebook;
  eachOutput(looked, [&](json::object& output) {
    const auto* parts = partsOf(output);
    if (parts == nullptr) return;
    for (const auto& part : *parts) {
      if (part.value().is_object()) needed.emplace(textOf(part.value().get_object(), "hash"));
    }
  });
  for (const auto& entry : fs::directory_iterator(folderOf(of), error)) {
    const auto written = std::chrono::file_clock::to_sys(entry.last_write_time(error));
    if (!error && !needed.contains(entry.path().filename()) && now - written > kGrace) fs::remove(entry.path(), error);
  }
  fs::remove(folderOf(of), error);  // when it is empty
}

void LargeOutputs::forget(const DocumentId& of) const {
  std::error_code error;
  fs::remove_all(folderOf(of), error);
  if (error) log::warning("outputs.not_removed", {{"document", of.text()}, {"error", error.message()}});
}

std::set<DocumentId> LargeOutputs::listDocuments() const {
  std::set<DocumentId> documents;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    if (auto id = DocumentId::parse(entry.path().filename().string())) documents.insert(*std::move(id));
  }
  return documents;
}

}  // namespace allmende::documents
