#include "node/sandbox/rootfs.h"

#include <sys/stat.h>

#include <filesystem>

#include "node/sandbox/users.h"

namespace allmende::sandbox {
namespace {

namespace fs = std::filesystem;

struct Directory {
  const char* path;
  mode_t mode;
  uid_t owner = 0;
};

constexpr Directory kDirectories[] = {
    {"", 0755},
    {"/content", 0755},
    {"/dev", 0755},
    {"/etc", 0755},
    {"/home", 0755},
    {kKernelHome, 0750, kKernelUser},
    {"/mnt", 0755},
    {"/opt", 0755},
    {"/proc", 0555},
    {"/root", 0700},
    {"/run", 0755},
    {"/sys", 0555},
    {"/tmp", 01777},
    {"/usr", 0755},
    {"/var", 0755},
    {"/var/cache", 0755},
    {"/var/lib", 0755},
    {"/var/lib/allmende", 0700},
    {"/var/log", 0755},
    {"/var/tmp", 01777},
};

// A merged /usr: what programs expect below / is a link into it.
constexpr const char* kLinks[] = {"bin", "lib", "lib32", "lib64", "libx32", "sbin"};

// Of the machine's /etc. No names, addresses or secrets of the machine: those files are written below.
constexpr const char* kCopied[] = {"alternatives", "ca-certificates", "ca-certificates.conf", "fonts", "ld.so.cache", "ld.so.conf",
    "ld.so.conf.d", "magic", "mime.types", "protocols", "python3", "python3.11", "services", "ssl/certs", "ssl/openssl.cnf", "terminfo"};

struct Written {
  const char* path;
  const char* text;
};
constexpr Written kWritten[] = {
    {"/etc/passwd",
        "root:x:0:0:root:/root:/bin/bash\nallmende:x:1000:1000:,,,:/home/allmende:/bin/bash\n"
        "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"},
    {"/etc/group", "root:x:0:\ntty:x:5:\nallmende:x:1000:\nnogroup:x:65534:\n"},
    {"/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n"},
    {"/etc/hosts", "127.0.0.1 localhost runtime\n::1 localhost\n"},
    {"/etc/hostname", "runtime\n"},
    {"/etc/resolv.conf", "nameserver 100.64.0.1\noptions timeout:4 attempts:2\n"},  // where node/network answers, if it does
    {"/etc/shells", "/bin/sh\n/bin/bash\n"},
    {"/etc/profile", "umask 022\n[ -n \"$PS1\" ] && PS1='\\w\\$ '\n"},
    {"/etc/bash.bashrc", "PS1='\\w\\$ '\n"},
};

Result<> makeDirectory(const std::string& path, mode_t mode, uid_t owner) {
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return failErrno("making {}", path);
  if (::chmod(path.c_str(), mode) != 0) return failErrno("setting the mode of {}", path);
  if (::lchown(path.c_str(), owner, owner) != 0) return failErrno("giving away {}", path);
  return {};
}

Result<> writePublic(const std::string& path, std::string_view text) {
  TRY(writeFile(path, text));
  if (::chmod(path.c_str(), 0644) != 0) return failErrno("setting the mode of {}", path);
  return {};
}

Result<> linkIntoUsr(const std::string& directory) {
  for (const auto* name : kLinks) {
    const auto of = fmt::format("/{}", name);
    std::error_code error;
    if (!fs::exists(of, error)) continue;
    const auto target = fs::read_symlink(of, error);
    if (error) return fail(Code::Unavailable, "{} of this machine is no link into /usr; a system with a merged /usr is needed", of);
    fs::create_symlink(target, directory + of, error);
    if (error) return fail(Code::Internal, "linking {}{}: {}", directory, of, error.message());
  }
  return {};
}

Result<> copyFromEtc(const std::string& directory) {
  for (const auto* name : kCopied) {
    const auto from = fs::path("/etc") / name;
    const auto to = fs::path(directory) / "etc" / name;
    std::error_code error;
    if (!fs::exists(from, error)) continue;
    fs::create_directories(to.parent_path(), error);
    fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::copy_symlinks, error);
    if (error) return fail(Code::Internal, "copying {}: {}", from.string(), error.message());
  }
  return {};
}

}  // namespace

Result<> makeSkeleton(const std::string& directory) {
  for (const auto& [path, mode, owner] : kDirectories) {
    TRY(makeDirectory(directory + path, mode, owner));
  }
  TRY(linkIntoUsr(directory));
  TRY(copyFromEtc(directory));
  for (const auto& [path, text] : kWritten) {
    TRY(writePublic(directory + path, text));
  }
  return {};
}

Result<> makeDiskContent(const std::string& directory, const std::string& sampleData) {
  TRY(makeDirectory(directory, 0755, 0));
  TRY(makeDirectory(directory + "/upper", 0755, 0));
  TRY(makeDirectory(directory + "/work", 0755, 0));
  TRY(makeDirectory(directory + "/content", 0755, kKernelUser));
  TRY(makeDirectory(directory + "/content/drive", 0755, 0));
  TRY(makeDirectory(directory + "/content/drive/MyDrive", 0755, 0));
  if (::symlink("MyDrive", (directory + "/content/drive/My Drive").c_str()) != 0 && errno != EEXIST)  // as older notebooks call it
    return failErrno("making a link to the drive");
  TRY(makeDirectory(directory + "/python", 0755, kKernelUser));
  TRY(makeDirectory(directory + "/python-work", 0755, 0));
  if (sampleData.empty()) return {};
  const auto target = directory + "/content/sample_data";
  std::error_code error;
  fs::copy(sampleData, target, fs::copy_options::recursive, error);
  if (error) return fail(Code::InvalidInput, "copying the sample data {}: {}", sampleData, error.message());
  TRY(makeDirectory(target, 0755, kKernelUser));
  for (fs::recursive_directory_iterator at(target, error), end; !error && at != end; at.increment(error)) {
    if (::lchown(at->path().c_str(), kKernelUser, kKernelUser) != 0) return failErrno("giving away {}", at->path().string());
  }
  return {};
}

}  // namespace allmende::sandbox
