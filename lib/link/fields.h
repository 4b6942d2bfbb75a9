#pragma once
// The field lists of the link's structs: names on the wire. Part of the door lib/link/link.h.

#include "lib/link/link.h"

namespace allmende::link {

constexpr auto fieldsOf(Type<Hello>) {
  return record("hello", field("major", &Hello::major), field("minor", &Hello::minor), field("program", &Hello::program));
}
constexpr auto fieldsOf(Type<Network>) {
  using N = Network;
  return record("network", field("access", &N::access, "none, egress or allow-list."),
      field("reach", &N::reach, "Addresses, networks and names that may be reached beside that."),
      field("upload_bps", &N::uploadBytesPerSecond, "Most bytes a second that leave it; 0 = no limit."),
      field("download_bps", &N::downloadBytesPerSecond, "Most bytes a second that reach it; 0 = no limit."));
}
constexpr auto fieldsOf(Type<Limits>) {
  return record("limits", field("memory_bytes", &Limits::memoryBytes, "Most memory, page cache of /tmp and /dev/shm included."),
      field("cpus", &Limits::cpus, "Processors; parts of one are allowed."), field("disk_bytes", &Limits::diskBytes, "Size of the disk."),
      field("pids", &Limits::pids, "Most processes and threads."),
      field("lifetime_s", &Limits::lifetimeSeconds, "The node stops the runtime after this time, whatever the server does."),
      field("network", &Limits::network, "What it may do in the network."),
      field("drive_bytes", &Limits::driveBytes, "Most bytes of its account's files; 0 = no limit."),
      field("devices", &Limits::devices, "Accelerators that it has."));
}
constexpr auto fieldsOf(Type<Runtime>) {
  return record("runtime", field("id", &Runtime::id), field("owner", &Runtime::owner), field("socket", &Runtime::socket),
      field("limits", &Runtime::limits), field("started_at_ms", &Runtime::startedAtMs));
}
constexpr auto fieldsOf(Type<StartRuntime>) {
  return record("start_runtime", field("id", &StartRuntime::id), field("owner", &StartRuntime::owner),
      field("python", &StartRuntime::python), field("drive", &StartRuntime::drive), field("ready", &StartRuntime::ready),
      field("limits", &StartRuntime::limits));
}
constexpr auto fieldsOf(Type<StopRuntime>) {
  return record("stop_runtime", field("id", &StopRuntime::id), field("grace_ms", &StopRuntime::graceMs));
}
constexpr auto fieldsOf(Type<ListRuntimes>) { return record("list_runtimes"); }
constexpr auto fieldsOf(Type<Runtimes>) { return record("runtimes", field("runtimes", &Runtimes::runtimes)); }
constexpr auto fieldsOf(Type<ListDevices>) { return record("list_devices"); }
constexpr auto fieldsOf(Type<DeviceKind>) {
  return record("device_kind", field("kind", &DeviceKind::kind), field("count", &DeviceKind::count));
}
constexpr auto fieldsOf(Type<Devices>) { return record("devices", field("kinds", &Devices::kinds)); }
constexpr auto fieldsOf(Type<ReadUsage>) { return record("read_usage", field("id", &ReadUsage::id)); }
constexpr auto fieldsOf(Type<Usage>) {
  return record("usage", field("memory_bytes", &Usage::memoryBytes), field("memory_peak_bytes", &Usage::memoryPeakBytes),
      field("memory_limit_bytes", &Usage::memoryLimitBytes), field("memory_kills", &Usage::memoryKills), field("cpu_s", &Usage::cpuSeconds),
      field("cpu_throttled_s", &Usage::cpuThrottledSeconds), field("cpus", &Usage::cpus), field("disk_bytes", &Usage::diskBytes),
      field("disk_limit_bytes", &Usage::diskLimitBytes), field("pids", &Usage::pids), field("pids_limit", &Usage::pidsLimit),
      field("network_sent_bytes", &Usage::networkSentBytes), field("network_received_bytes", &Usage::networkReceivedBytes),
      field("drive_is_seen", &Usage::driveIsSeen), field("drive_bytes", &Usage::driveBytes),
      field("drive_limit_bytes", &Usage::driveLimitBytes), field("drive_is_full", &Usage::driveIsFull),
      field("accelerator_bytes", &Usage::acceleratorBytes), field("accelerator_limit_bytes", &Usage::acceleratorLimitBytes),
      field("accelerator_busy", &Usage::acceleratorBusy));
}
constexpr auto fieldsOf(Type<Observe>) {
  return record("observe", field("programs", &Observe::programs), field("flags", &Observe::flags), field("telling", &Observe::telling),
      field("names", &Observe::names));
}
constexpr auto fieldsOf(Type<Done>) { return record("done"); }
constexpr auto fieldsOf(Type<Restrain>) {
  return record("restrain", field("id", &Restrain::id), field("cpus", &Restrain::cpus),
      field("upload_bps", &Restrain::uploadBytesPerSecond), field("connections", &Restrain::connections));
}
constexpr auto fieldsOf(Type<Observed>) { return record("observed", field("id", &Observed::id), field("facts", &Observed::facts)); }
constexpr auto fieldsOf(Type<RuntimeEnded>) {
  return record("runtime_ended", field("id", &RuntimeEnded::id), field("reason", &RuntimeEnded::reason),
      field("sentence", &RuntimeEnded::sentence), field("memory_peak_bytes", &RuntimeEnded::memoryPeakBytes),
      field("cpu_s", &RuntimeEnded::cpuSeconds));
}
constexpr auto fieldsOf(Type<MemoryRanOut>) {
  return record("memory_ran_out", field("id", &MemoryRanOut::id), field("kills", &MemoryRanOut::kills),
      field("memory_peak_bytes", &MemoryRanOut::memoryPeakBytes), field("sentence", &MemoryRanOut::sentence));
}

}  // namespace allmende::link
