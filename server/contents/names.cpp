#include "server/contents/names.h"

#include <algorithm>
#include <array>
#include <utility>

#include "server/contents/paths.h"

namespace allmende::contents {
namespace {

constexpr std::string_view kNotebookSuffix = ".ipynb";

// Where the suffix begins: a notebook's is its last, any other's all of it.
std::size_t suffixOf(std::string_view name) {
  if (name.ends_with(kNotebookSuffix)) return name.size() - kNotebookSuffix.size();
  return std::min(name.find('.'), name.size());
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

using Mimetype = std::pair<std::string_view, std::string_view>;
constexpr auto kMimetypes = std::to_array<Mimetype>({
    {"aac", "audio/aac"},
    {"avi", "video/x-msvideo"},
    {"avif", "image/avif"},
    {"bat", "text/plain"},
    {"bin", "application/octet-stream"},
    {"bmp", "image/bmp"},
    {"c", "text/plain"},
    {"css", "text/css"},
    {"csv", "text/csv"},
    {"doc", "application/msword"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"epub", "application/epub+zip"},
    {"flac", "audio/flac"},
    {"geojson", "application/geo+json"},
    {"gif", "image/gif"},
    {"h", "text/plain"},
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
    {"markdown", "text/markdown"},
    {"md", "text/markdown"},
    {"mjs", "text/javascript"},
    {"mov", "video/quicktime"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"mpeg", "video/mpeg"},
    {"nc", "application/x-netcdf"},
    {"odt", "application/vnd.oasis.opendocument.text"},
    {"ods", "application/vnd.oasis.opendocument.spreadsheet"},
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
    {"srt", "text/plain"},
    {"svg", "image/svg+xml"},
    {"tar", "application/x-tar"},
    {"tex", "application/x-tex"},
    {"tif", "image/tiff"},
    {"tiff", "image/tiff"},
    {"toml", "application/toml"},
    {"ts", "text/x-typescript"},
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

}  // namespace

std::string numberedName(const NumberedName& of, int number) {
  if (number == 0) return of.name;
  const auto suffix = suffixOf(of.name);
  return fmt::format("{}{}{}{}", of.name.substr(0, suffix), of.insert, number, of.name.substr(suffix));
}

NumberedName copiedName(std::string_view name) {
  constexpr std::string_view kMark = "-Copy";
  std::string plain;
  while (!name.empty()) {
    const auto end = name.starts_with(kMark) ? name.find_first_not_of("0123456789", kMark.size()) : std::string_view::npos;
    if (end != std::string_view::npos && name[end] == '.') {
      name.remove_prefix(end);
    } else {
      plain += name.front();
      name.remove_prefix(1);
    }
  }
  return {std::move(plain), std::string(kMark)};
}

std::string restoredName(std::string_view name, int number) {
  const auto suffix = suffixOf(name);
  const auto mark = number == 1 ? std::string(" (restored)") : fmt::format(" (restored {})", number);
  return fmt::format("{}{}{}", name.substr(0, suffix), mark, name.substr(suffix));
}

Result<Untitled> makeUntitledName(std::string_view type, std::string_view ext) {
  if (type == "directory") return Untitled{"directory", {"Untitled Folder", " "}};
  if (type == "notebook" || (type.empty() && ext == kNotebookSuffix)) return Untitled{"notebook", {"Untitled.ipynb", ""}};
  if (ext.contains('/') || ext.contains('\0'))
    return fail(Code::InvalidInput, "ext is '{}'; it is the end of a name, like '.txt', without '/'", shown(ext));
  return Untitled{"file", {"untitled" + std::string(ext), ""}};
}

bool isListed(std::string_view name) {
  return !name.starts_with('.') && name != "__pycache__" && !name.ends_with(".pyc") && !name.ends_with(".pyo") && !name.ends_with('~');
}

std::string_view typeOfFile(std::string_view name) { return name.ends_with(kNotebookSuffix) ? "notebook" : "file"; }

std::optional<std::string_view> mimetypeOf(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return std::nullopt;
  std::string extension(name.substr(dot + 1));
  std::ranges::transform(extension, extension.begin(), lower);
  const auto* found = std::ranges::find(kMimetypes, extension, &Mimetype::first);
  if (found == kMimetypes.end()) return std::nullopt;
  return found->second;
}

}  // namespace allmende::contents
