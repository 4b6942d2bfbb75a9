#include "lib/jupyter/contents.h"

#include <algorithm>
#include <array>

#include "lib/base/base64.h"
#include "lib/jupyter/nbformat.h"

namespace allmende::jupyter {
namespace {

struct MediaType {
  std::string_view ending;
  std::string_view type;
};
constexpr auto kMediaTypes = std::to_array<MediaType>({
    {"aac", "audio/aac"},
    {"avif", "image/avif"},
    {"bmp", "image/bmp"},
    {"bz2", "application/x-bzip2"},
    {"c", "text/x-c"},
    {"css", "text/css"},
    {"csv", "text/csv"},
    {"doc", "application/msword"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"flac", "audio/flac"},
    {"geojson", "application/geo+json"},
    {"gif", "image/gif"},
    {"gz", "application/gzip"},
    {"h5", "application/x-hdf5"},
    {"htm", "text/html"},
    {"html", "text/html"},
    {"ico", "image/vnd.microsoft.icon"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"js", "text/javascript"},
    {"json", "application/json"},
    {"jsonl", "application/jsonl"},
    {"log", "text/plain"},
    {"m4a", "audio/mp4"},
    {"md", "text/markdown"},
    {"mjs", "text/javascript"},
    {"mov", "video/quicktime"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"odt", "application/vnd.oasis.opendocument.text"},
    {"ogg", "audio/ogg"},
    {"otf", "font/otf"},
    {"parquet", "application/vnd.apache.parquet"},
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"ppt", "application/vnd.ms-powerpoint"},
    {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {"ps", "application/postscript"},
    {"py", "text/x-python"},
    {"r", "text/x-r"},
    {"rst", "text/x-rst"},
    {"rtf", "application/rtf"},
    {"sh", "application/x-sh"},
    {"sql", "application/sql"},
    {"svg", "image/svg+xml"},
    {"tar", "application/x-tar"},
    {"tex", "application/x-tex"},
    {"tif", "image/tiff"},
    {"tiff", "image/tiff"},
    {"toml", "application/toml"},
    {"tsv", "text/tab-separated-values"},
    {"ttf", "font/ttf"},
    {"txt", "text/plain"},
    {"vtt", "text/vtt"},
    {"wasm", "application/wasm"},
    {"wav", "audio/x-wav"},
    {"webm", "video/webm"},
    {"webp", "image/webp"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"xls", "application/vnd.ms-excel"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"xml", "text/xml"},
    {"yaml", "application/yaml"},
    {"yml", "application/yaml"},
    {"zip", "application/zip"},
});

std::string inQuotes(std::string_view text) { return json::serialize(json::string(text)); }
std::string quotedOrNull(std::string_view text) { return text.empty() ? "null" : inQuotes(text); }

Result<std::string> bytesOfFile(const json::object& body) {
  const auto* format = findString(body, "format");
  if (format == nullptr || (*format != "text" && *format != "base64"))
    return fail(Code::InvalidInput, "Must specify format of file contents as 'text' or 'base64'");
  const auto* content = findString(body, "content");
  if (content == nullptr) return fail(Code::InvalidInput, "the content of a file must be a string");
  if (*format == "text") return std::string(*content);
  auto bytes = fromBase64(*content);
  if (!bytes) return fail(Code::InvalidInput, "the content is no valid base64");
  return *std::move(bytes);
}

Result<> readNotebookInto(SaveDemand& demand, const json::value& content) {
  if (!content.is_object()) return fail(Code::InvalidInput, "the content of a notebook must be an object, not {}", kindOf(content));
  const auto& notebook = content.get_object();
  const auto* major = notebook.if_contains("nbformat");
  if (major == nullptr || !major->is_int64() || major->get_int64() != 4)
    return fail(Code::InvalidInput, "the notebook must have nbformat 4; open and save it once with Jupyter 4 or later");
  if (auto fault = findNotebookFault(notebook)) demand.fault = fmt::format("Notebook validation failed: {}", *fault);
  demand.bytes = writeNotebook(notebook);
  return {};
}

Result<> readChunk(SaveDemand& demand, const json::object& body) {
  const auto* chunk = body.if_contains("chunk");
  if (chunk == nullptr || chunk->is_null()) return {};
  TRY(fromJson(*chunk, demand.chunk.emplace(), "chunk"));
  if (demand.type != ContentsType::File)
    return fail(Code::InvalidInput, "File type \"{}\" is not supported for large file transfer", nameOf(demand.type));
  if (*demand.chunk == 0 || *demand.chunk < -1)
    return fail(Code::InvalidInput, "chunk is {}; pieces are numbered from 1, and the last one has -1", *demand.chunk);
  return {};
}

}  // namespace

std::string_view nameOf(ContentsType type) {
  switch (type) {
    case ContentsType::File: return "file";
    case ContentsType::Notebook: return "notebook";
    case ContentsType::Directory: return "directory";
  }
  return "file";
}

std::string toText(const ContentsModel& model) {
  const std::string_view path(model.path);
  auto text = fmt::format(
      R"({{"name":{},"path":{},"type":"{}","writable":{},"created":"{}","last_modified":"{}","size":{},"mimetype":{},"format":{},"hash":{},)"
      R"("hash_algorithm":{},"content":)",
      inQuotes(path.substr(path.rfind('/') + 1)), inQuotes(path), nameOf(model.type), model.writable, formatUtc(model.created),
      formatUtc(model.lastModified), model.size ? std::to_string(*model.size) : "null", quotedOrNull(model.mimetype),
      quotedOrNull(model.format), quotedOrNull(model.hash), model.hash.empty() ? "null" : "\"sha256\"");
  text.append(model.content.empty() ? "null" : model.content);
  if (!model.message.empty()) text.append(",\"message\":").append(inQuotes(model.message));
  return text.append("}");
}

Result<std::optional<SaveDemand>> readSave(std::string body) {
  if (body.empty()) return std::nullopt;
  TRY(const auto object, parseJsonObject(body, kNotebookDepth + 2));
  body = {};  // what it says exists once
  const auto* type = findString(object, "type");
  if (type == nullptr) return fail(Code::InvalidInput, "No file type provided");
  SaveDemand demand;
  if (*type == "directory") {
    demand.type = ContentsType::Directory;
    TRY(readChunk(demand, object));
    return demand;
  }
  const auto* content = object.if_contains("content");
  if (content == nullptr) return fail(Code::InvalidInput, "No file content provided");
  if (*type == "notebook") {
    demand.type = ContentsType::Notebook;
    TRY(readChunk(demand, object));
    TRY(readNotebookInto(demand, *content));
    return demand;
  }
  if (*type != "file") return fail(Code::InvalidInput, "Unhandled contents type: {}", std::string_view(*type).substr(0, 64));
  TRY(readChunk(demand, object));
  TRY(demand.bytes, bytesOfFile(object));
  return demand;
}

std::string_view mediaTypeOf(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || name.size() - dot > 8) return {};
  std::string ending(name.substr(dot + 1));
  std::ranges::transform(ending, ending.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const auto found = std::ranges::find(kMediaTypes, ending, &MediaType::ending);
  return found == kMediaTypes.end() ? std::string_view{} : found->type;
}

std::string numberedName(std::string_view name, std::string_view insert, std::size_t number) {
  if (number == 0) return std::string(name);
  const auto dot = name.ends_with(".ipynb") ? name.rfind('.') : name.find('.');
  const auto stem = name.substr(0, dot);
  const auto ending = dot == std::string_view::npos ? std::string_view{} : name.substr(dot);
  return fmt::format("{}{}{}{}", stem, insert, number, ending);
}

std::string withoutCopyMark(std::string_view name) {
  constexpr std::string_view kMark = "-Copy";
  const auto mark = name.rfind(kMark);
  if (mark == std::string_view::npos) return std::string(name);
  const auto end = name.find_first_not_of("0123456789", mark + kMark.size());
  if (end == std::string_view::npos || name[end] != '.') return std::string(name);
  return std::string(name.substr(0, mark)).append(name.substr(end));
}

}  // namespace allmende::jupyter
