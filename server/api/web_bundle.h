#pragma once
// The built page: its files, opened once at the start, with compressed forms in memory. Behind the door of server/api.

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/task.h"
#include "lib/net/net.h"

namespace allmende::api {

class WebBundle {
 public:
  // Opens every file below `folder`: a later build cannot pull them away. Absent or unreadable files are left out.
  explicit WebBundle(const std::filesystem::path& folder);

  // Whether index.html is there.
  bool isComplete() const { return pages_.contains("index.html"); }
  // An HTML file of the bundle, to be filled; nullptr when there is none.
  const std::string* findPage(std::string_view name) const;

  // One file as the client takes it: brotli or gzip made at build time, or gzip made at the first request; nullopt when there is none.
  Task<std::optional<net::Response>> find(std::string path, std::string acceptEncoding);

 private:
  struct Asset {
    std::string type;
    std::string etag;
    net::FileBody plain;
    std::optional<net::FileBody> brotli;
    std::optional<net::FileBody> gzip;
    std::shared_ptr<const std::string> packed;  // gzip of our own
    bool worthPacking = false;
  };
  void load(const std::filesystem::path& folder, const std::filesystem::path& file);

  std::map<std::string, Asset, std::less<>> assets_;
  std::map<std::string, std::string, std::less<>> pages_;
  net::Pool pool_{"compression", 1, 512};
};

}  // namespace allmende::api
