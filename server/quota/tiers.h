#pragma once
// Tiers: what one runtime of an account may have, and how much in a period. Part of the door server/quota/quota.h.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "lib/config/config.h"
#include "lib/link/link.h"

namespace allmende::quota {

struct Tier {
  std::string name;   // its table's: [tier.free]
  std::string title;  // what people read; empty = its name
  config::ByteSize memory;
  double cpus = 1;
  config::ByteSize disk;
  config::ByteSize drive;
  std::int64_t processes = 512;
  std::int64_t runtimes = 2;
  Duration lifetime = 12h;
  Duration idle = 90min;
  Duration idleWhenNeeded = 15min;
  std::string network{link::kNoNetwork};
  std::vector<std::string> reach;
  config::ByteSize upload;    // a second
  config::ByteSize download;  // a second
  double weight = 1;
  double units = 0;
  Duration period = std::chrono::hours{7 * 24};
  double unitsPerCpuHour = 1;
  double unitsPerGbHour = 0.25;
  std::vector<std::string> accelerators;
  double unitsPerAcceleratorHour = 5;

  // Compute units that one hour of its runtime with so many accelerators costs, whatever is done in it: what is reserved is what others
  // cannot have.
  double unitsPerHour(std::size_t devices = 0) const;
};

constexpr auto fieldsOf(Type<Tier>) {
  using T = Tier;
  return record("tier", field("title", &T::title, "What people read; empty = the name of the table."),
      field("memory", &T::memory, "Most memory of a runtime."), field("cpus", &T::cpus, "Processors of a runtime; parts are allowed."),
      field("disk", &T::disk, "Size of a runtime's disk."), field("drive", &T::drive, "Most bytes of an account's files; 0 = no limit."),
      field("processes", &T::processes, "Most processes and threads of a runtime."),
      field("runtimes", &T::runtimes, "How many runtimes an account may have at once."),
      field("lifetime", &T::lifetime, "A runtime is stopped after this time."),
      field("idle", &T::idle, "A runtime in which nothing runs is stopped after this time; 0s = never."),
      field("idle_when_needed", &T::idleWhenNeeded, "The same while others wait for a place."),
      field("network", &T::network, "none, egress (the public internet) or allow-list (what reach names and nothing else)."),
      field("reach", &T::reach, "Addresses and networks that may be reached beside the public ones; for an allow-list also names."),
      field("upload", &T::upload, "Most bytes a second that a runtime sends; 0 = no limit."),
      field("download", &T::download, "Most bytes a second that a runtime receives; 0 = no limit."),
      field("weight", &T::weight, "How much faster than others it goes ahead in the queue."),
      field("units", &T::units, "Compute units in each period; 0 = as many as one likes."),
      field("period", &T::period, "After this time the units are full again."),
      field("units_per_cpu_hour", &T::unitsPerCpuHour, "What an hour of one processor costs."),
      field("units_per_gb_hour", &T::unitsPerGbHour, "What an hour of one GB of memory costs."),
      field("accelerators", &T::accelerators,
          "Kinds of accelerators, such as nvidia.com/gpu, of which a runtime may have one; the machine describes them in /etc/cdi."),
      field("units_per_accelerator_hour", &T::unitsPerAcceleratorHour, "What an hour of an accelerator costs."));
}

// All tiers of an installation.
class TierBook {
 public:
  // Reads `file`; what a tier does not say is as in `defaults`. There must be one named "free": it is everybody's. Fails with InvalidInput
  // naming file, line, and what is allowed.
  static Result<TierBook> load(const std::filesystem::path& file, const Tier& defaults);
  // "free" alone, as `defaults` says.
  static TierBook plain(Tier defaults);

  const Tier& free() const { return tiers_.at("free"); }
  const Tier* find(std::string_view name) const;
  const std::map<std::string, Tier, std::less<>>& all() const { return tiers_; }

 private:
  std::map<std::string, Tier, std::less<>> tiers_;
};

}  // namespace allmende::quota
