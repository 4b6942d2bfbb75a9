#include "agent/files/files.h"

#include "agent/files/disk.h"

namespace allmende::files {

struct Files::Impl {
  net::Pool& pool;
  processes::User user;
  // Shared with the jobs under way: one may outlast who asked.
  std::shared_ptr<const Disk> disk;

  // Runs `work` on the pool with the rights of the person's user.
  template <class Work>
  auto run(Work work) {
    return pool.runResult([who = user, on = disk, work = std::move(work)]() mutable {
      const processes::ActingAs them(who);
      return work(*on);
    });
  }
};

Files::Files(net::Pool& pool, const processes::User& user, FilesSettings settings)
    : impl_(new Impl{pool, user, std::make_shared<const Disk>(user, std::move(settings))}) {}
Files::~Files() = default;

Task<Result<Told>> Files::get(std::string path, GetWish wish) {
  return impl_->run([path = std::move(path), wish = std::move(wish)](const Disk& disk) { return disk.get(path, wish); });
}

Task<Result<Told>> Files::create(std::string path, std::string body) {
  return impl_->run([path = std::move(path), body = std::move(body)](const Disk& disk) { return disk.create(path, body); });
}

Task<Result<Told>> Files::save(std::string path, std::string body) {
  return impl_->run(
      [path = std::move(path), body = std::move(body)](const Disk& disk) mutable { return disk.save(path, std::move(body)); });
}

Task<Result<Told>> Files::rename(std::string path, std::string body) {
  return impl_->run([path = std::move(path), body = std::move(body)](const Disk& disk) { return disk.rename(path, body); });
}

Task<Result<>> Files::remove(std::string path) {
  return impl_->run([path = std::move(path)](const Disk& disk) { return disk.remove(path); });
}

Task<Result<OpenFile>> Files::open(std::string path) {
  return impl_->run([path = std::move(path)](const Disk& disk) { return disk.open(path); });
}

}  // namespace allmende::files
