#include "server/api/web_bundle.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <fstream>

#include "lib/base/log.h"

namespace allmende::api {
namespace {

namespace fs = std::filesystem;

std::string typeOf(const fs::path& file) {
  static const std::map<std::string, std::string, std::less<>> kTypes{{".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"}, {".css", "text/css; charset=utf-8"}, {".html", "text/html; charset=utf-8"},
      {".json", "application/json"}, {".svg", "image/svg+xml"}, {".png", "image/png"}, {".ico", "image/x-icon"}, {".woff2", "font/woff2"},
      {".woff", "font/woff"}, {".ttf", "font/ttf"}, {".wasm", "application/wasm"}, {".txt", "text/plain; charset=utf-8"},
      {".webmanifest", "application/manifest+json"}};
  const auto found = kTypes.find(file.extension().string());
  return found == kTypes.end() ? "application/octet-stream" : found->second;
}

std::optional<net::FileBody> openFile(const fs::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat about{};
  if (fd < 0) return std::nullopt;
  if (::fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
    ::close(fd);
    return std::nullopt;
  }
  return net::makeFileBody(fd, 0, static_cast<std::uint64_t>(about.st_size));
}

std::string readAll(const net::FileBody& file) {
  std::string bytes(file.length, '\0');
  const auto got = ::pread(*file.fd, bytes.data(), bytes.size(), 0);
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

std::string packed(std::string_view bytes) {
  z_stream stream{};
  constexpr int kGzip = 15 + 16;
  if (::deflateInit2(&stream, 6, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string out(::deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));  // NOLINT: zlib only reads it
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

}  // namespace

WebBundle::WebBundle(const fs::path& folder) {
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->is_regular_file(error)) load(folder, at->path());
  }
  if (!isComplete()) log::warning("page.missing", {{"folder", folder.string()}});
}

void WebBundle::load(const fs::path& folder, const fs::path& file) {
  const auto extension = file.extension();
  if (extension == ".br" || extension == ".gz") return;
  auto plain = openFile(file);
  if (!plain) return;
  const auto name = file.lexically_relative(folder).generic_string();
  if (name.starts_with('.')) return;
  if (extension == ".html" && !name.contains('/')) {
    pages_.emplace(name, readAll(*plain));
    return;
  }
  Asset asset{.type = typeOf(file), .etag = {}, .plain = *plain, .packed = {}};
  asset.brotli = openFile(file.string() + ".br");
  asset.gzip = openFile(file.string() + ".gz");
  struct stat about{};
  ::fstat(*plain->fd, &about);
  asset.etag = fmt::format("\"{:x}-{:x}\"", about.st_mtim.tv_sec, about.st_size);
  asset.worthPacking = plain->length > 1024 && (asset.type.starts_with("text/") || asset.type.contains("json") ||
                                                   asset.type.contains("svg") || asset.type.contains("wasm") || asset.type == "font/ttf");
  assets_.emplace(name, std::move(asset));
}

const std::string* WebBundle::findPage(std::string_view name) const {
  const auto found = pages_.find(name);
  return found == pages_.end() ? nullptr : &found->second;
}

Task<std::optional<net::Response>> WebBundle::find(std::string path, std::string acceptEncoding) {
  const auto found = assets_.find(path);
  if (found == assets_.end()) co_return std::nullopt;
  auto& asset = found->second;
  net::Response response{200, {{"Content-Type", asset.type}, {"ETag", asset.etag}, {"Vary", "Accept-Encoding"}}, asset.plain};
  const bool takesGzip = acceptEncoding.contains("gzip");
  if (asset.brotli && acceptEncoding.contains("br")) {
    response.headers.add("Content-Encoding", "br");
    response.body = *asset.brotli;
  } else if (asset.gzip && takesGzip) {
    response.headers.add("Content-Encoding", "gzip");
    response.body = *asset.gzip;
  } else if (asset.worthPacking && takesGzip) {
    if (!asset.packed) {
      auto made = co_await pool_.run([file = asset.plain] { return std::make_shared<const std::string>(packed(readAll(file))); });
      if (made) asset.packed = *made;
    }
    if (asset.packed) {
      response.headers.add("Content-Encoding", "gzip");
      response.body = asset.packed;
    }
  }
  co_return response;
}

}  // namespace allmende::api
