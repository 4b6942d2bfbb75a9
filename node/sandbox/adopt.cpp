#include "node/sandbox/adopt.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <sstream>

#include "node/sandbox/drive.h"

namespace allmende::sandbox {
namespace {

constexpr const char* kRecord = "/kept.json";

// mountinfo writes a space as \040, and so on.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned code = 0;
    if (text[at] != '\\' || std::from_chars(text.data() + at + 1, text.data() + std::min(at + 4, text.size()), code, 8).ec != std::errc{}) {
      plain += text[at];
      continue;
    }
    plain += static_cast<char>(code);
    at += 3;
  }
  return plain;
}

// Where the account's folder is mounted inside: what runs there may have moved the folders above it. "" when nowhere.
std::string mountPointOf(int pid, const std::string& account) {
  std::istringstream lines(readFile(fmt::format("/proc/{}/mountinfo", pid)).value_or(""));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string skipped;
    std::string root;
    std::string point;
    fields >> skipped >> skipped >> skipped >> root >> point;
    if (root.ends_with("/drives/" + account)) return unescaped(point);
  }
  return "";
}

}  // namespace

Result<> writeKept(const Places& places, const RuntimeId& id, const KeptRecord& record) {
  const auto path = places.of(id, kRecord);
  TRY(writeFile(path + ".new", json::serialize(toJson(record))));
  if (std::rename((path + ".new").c_str(), path.c_str()) != 0) return failErrno("writing {}", path);
  return {};
}

Result<std::shared_ptr<const Drive>> findDrive(const Sandbox& sandbox, const std::string& account, Fd outside) {
  const auto process = fmt::format("/proc/{}", sandbox.pid);
  const auto point = process + "/root" + mountPointOf(sandbox.pid, account);
  Drive drive{.outside = std::move(outside),
      .inside = Fd(::open(point.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)),
      .mounts = Fd(::open((process + "/ns/mnt").c_str(), O_RDONLY | O_CLOEXEC)),
      .cgroup = sandbox.cgroup,
      .agent = sandbox.pid,
      .user = sandbox.ids.outsideOf(kKernelUser)};
  if (!drive.mounts.open() || !drive.inside.open()) return failErrno("finding the drive of {}", sandbox.id.text());
  struct stat folder{};
  struct stat seen{};
  if (::fstat(drive.outside.get(), &folder) != 0 || ::fstat(drive.inside.get(), &seen) != 0 || folder.st_dev != seen.st_dev ||
      folder.st_ino != seen.st_ino)
    return fail(Code::Internal, "what {} sees as its drive is another folder", sandbox.id.text());
  return std::make_shared<const Drive>(std::move(drive));
}

Result<Fd> openAgentOutput(const Places& places, const RuntimeId& id) {
  Fd output(::open(places.of(id, "/output").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!output.open()) return failErrno("opening what the agent of {} prints", id.text());
  return output;
}

Result<Adopted> adopt(Places& places, const RuntimeId& id) {
  const auto text = readFile(places.of(id, kRecord));
  if (!text) return fail(Code::NotFound, "runtime {} had not started", id.text());
  TRY(const auto parsed, parseJson(*text));
  KeptRecord record;
  TRY(fromJson(parsed, record));
  auto sandbox = std::make_unique<Sandbox>();
  sandbox->id = id;
  sandbox->limits = record.limits;
  sandbox->socket = fmt::format("{}/{}/agent.sock", places.runtimes, id.text());
  sandbox->cgroup = places.groupOf(id);
  sandbox->pid = static_cast<int>(record.pid);
  sandbox->startedAtMs = record.startedAtMs;
  const auto age = Duration{std::max<std::int64_t>(0, RealClock().now().time_since_epoch().count() - record.startedAtMs)};
  sandbox->startedAt = record.startedAfterBootMs ? Duration{*record.startedAfterBootMs} : RealClock().sinceStart() - age;
  sandbox->adopted = true;
  sandbox->init = Fd(static_cast<int>(::syscall(SYS_pidfd_open, sandbox->pid, 0)));
  const auto inside = processesOf(places.cgroups, sandbox->cgroup);
  if (!sandbox->init.open() || std::ranges::find(inside, sandbox->pid) == inside.end())
    return fail(Code::NotFound, "the agent of {} runs no more", id.text());
  sandbox->disk = fmt::format("/proc/{}/root/content", record.pid);  // the mount itself went with the node that made it
  TRY(sandbox->memoryRanOut, watchMemory(places.cgroups, sandbox->cgroup));
  TRY(sandbox->output, openAgentOutput(places, id));
  TRY(sandbox->ids, places.ranges.takeAgain(static_cast<std::uint32_t>(record.firstId)));
  if (!record.drive.empty()) {
    TRY(auto outside, openDrive(places, record.drive));
    TRY(sandbox->drive, findDrive(*sandbox, record.drive, std::move(outside)));
  }
  if (record.address != 0) {
    sandbox->plug.address = static_cast<network::Address>(record.address);
    sandbox->plug.space = Fd(::open(fmt::format("/proc/{}/ns/net", record.pid).c_str(), O_RDONLY | O_CLOEXEC));
    if (!sandbox->plug.space.open()) return failErrno("opening the network of {}", id.text());
  }
  return Adopted{
      .sandbox = std::move(sandbox), .runtime = record.runtime, .owner = std::move(record.owner), .skeleton = std::move(record.skeleton)};
}

}  // namespace allmende::sandbox
