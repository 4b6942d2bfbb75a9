#pragma once
// What a node leaves behind about a sandbox, so that the next one finds it and goes on: sandboxes outlive the node that made them.

#include "node/sandbox/site.h"

namespace allmende::sandbox {

// Kept beside the sandbox from the moment it runs until it is removed.
struct KeptRecord {
  RuntimeId runtime;  // as the server knows it: a sandbox that waited was made with an id of its own
  std::string owner;
  std::string drive;
  std::string skeleton;  // the name of the folder that its root begins with
  Limits limits;
  std::int64_t startedAtMs = 0;                    // UTC
  std::optional<std::int64_t> startedAfterBootMs;  // the same by a clock that does not jump; none from older nodes
  std::int64_t pid = 0;
  std::int64_t firstId = 0;
  std::int64_t address = 0;  // in the network; 0 = none
  bool operator==(const KeptRecord&) const = default;
};

constexpr auto fieldsOf(Type<KeptRecord>) {
  using K = KeptRecord;
  return record("kept", field("runtime", &K::runtime), field("owner", &K::owner), field("drive", &K::drive),
      field("skeleton", &K::skeleton), field("limits", &K::limits), field("started_at_ms", &K::startedAtMs),
      field("started_after_boot_ms", &K::startedAfterBootMs), field("pid", &K::pid), field("first_id", &K::firstId),
      field("address", &K::address));
}

Result<> writeKept(const Places& places, const RuntimeId& id, const KeptRecord& record);

// The sandbox that another node started, when all of it still runs. Fails with NotFound when it does not.
Result<Adopted> adopt(Places& places, const RuntimeId& id);

// What is needed to measure and close the account's files inside a sandbox.
Result<std::shared_ptr<const Drive>> findDrive(const Sandbox& sandbox, const std::string& account, Fd outside);

// The reading end of what the agent prints: a pipe with a name, which the agent itself holds open, so that it never breaks.
Result<Fd> openAgentOutput(const Places& places, const RuntimeId& id);

}  // namespace allmende::sandbox
