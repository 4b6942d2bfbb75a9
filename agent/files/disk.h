#pragma once
// Behind the door: the work of Files, with the rights the calling thread has. Everything here blocks.

#include "agent/files/beneath.h"
#include "agent/files/files.h"
#include "lib/jupyter/jupyter.h"

namespace allmende::files {

class Disk {
 public:
  Disk(const processes::User& user, FilesSettings settings) : user_(user), settings_(std::move(settings)), beneath_(settings_.content) {}

  Result<Told> get(std::string_view path, const GetWish& wish) const;
  Result<OpenFile> open(std::string_view path) const;

  Result<Told> create(std::string_view path, std::string_view body) const;
  Result<Told> save(std::string_view path, std::string body) const;
  Result<Told> rename(std::string_view path, std::string_view body) const;
  Result<> remove(std::string_view path) const;

 private:
  jupyter::ContentsModel modelOf(std::string path, const struct stat& status) const;
  bool mayWrite(const struct stat& status) const;
  Result<Told> tell(const std::string& path, bool created, std::string message) const;

  Result<Fd> openRegular(const std::string& path, struct stat& status) const;
  Result<std::string> readWhole(const std::string& path) const;
  Result<> readInto(jupyter::ContentsModel& model, const GetWish& wish) const;
  Result<std::string> list(const std::string& path) const;

  Result<std::string> makeUntitled(const std::string& folder, std::string_view body) const;
  Result<std::string> makeCopy(const std::string& from, const std::string& folder) const;
  Result<bool> write(const std::string& path, const jupyter::SaveDemand& demand) const;
  Result<bool> replace(const std::string& path, std::string_view bytes) const;
  Result<> append(const std::string& path, std::string_view bytes) const;

  processes::User user_;
  FilesSettings settings_;
  Beneath beneath_;
};

}  // namespace allmende::files
