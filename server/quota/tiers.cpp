#include "server/quota/tiers.h"

#include <algorithm>

namespace allmende::quota {
namespace {

constexpr std::size_t kMostTiers = 100;
constexpr std::int64_t kMiB = std::int64_t{1} << 20;

bool isName(std::string_view name) {
  return !name.empty() && name.size() <= 32 &&
         std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
}

// As the Container Device Interface spells the kind of a device: VENDOR/CLASS.
bool isKind(std::string_view kind) {
  const auto isOne = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-_./").contains(c);
  };
  const auto slash = kind.find('/');
  return kind.size() <= 128 && slash != 0 && slash + 1 < kind.size() && std::ranges::count(kind, '/') == 1 &&
         std::ranges::all_of(kind, isOne);
}

// The limits of sandboxes stand in node/sandbox, which checks again; here a mistake has its file and line.
Result<> checkTier(const Tier& tier) {
  const auto within = [](std::string_view what, double value, double least, double most) -> Result<> {
    if (value >= least && value <= most) return {};
    return fail(Code::InvalidInput, "{} is {}; allowed are {} to {}", what, value, least, most);
  };
  const auto hours = [](Duration time) { return std::chrono::duration<double, std::ratio<3600>>(time).count(); };
  TRY(within("memory in MiB", static_cast<double>(tier.memory.bytes / kMiB), 64, 16 << 20));
  TRY(within("cpus", tier.cpus, 0.05, 1024));
  TRY(within("disk in MiB", static_cast<double>(tier.disk.bytes / kMiB), 32, 16 << 20));
  if (tier.drive.bytes != 0) {
    TRY(within("drive in MiB", static_cast<double>(tier.drive.bytes / kMiB), 1, 1 << 30));
  }
  TRY(within("processes", static_cast<double>(tier.processes), 16, 1 << 20));
  TRY(within("runtimes", static_cast<double>(tier.runtimes), 1, 20));
  TRY(within("lifetime in hours", hours(tier.lifetime), 1.0 / 3600, 366 * 24));
  TRY(within("idle in hours", hours(tier.idle), 0, 366 * 24));
  TRY(within("idle_when_needed in hours", hours(tier.idleWhenNeeded), 0, 366 * 24));
  TRY(within("weight", tier.weight, 0.01, 1000));
  TRY(within("units", tier.units, 0, 1e9));
  TRY(within("period in hours", hours(tier.period), 1, 366 * 24));
  TRY(within("units_per_cpu_hour", tier.unitsPerCpuHour, 0, 1e6));
  TRY(within("units_per_gb_hour", tier.unitsPerGbHour, 0, 1e6));
  TRY(within("units_per_accelerator_hour", tier.unitsPerAcceleratorHour, 0, 1e6));
  for (const auto& kind : tier.accelerators) {
    if (!isKind(kind)) return fail(Code::InvalidInput, "accelerators names '{}'; a kind has the form nvidia.com/gpu", kind.substr(0, 128));
  }
  TRY(link::checkAccess(tier.network));
  TRY(const auto reach, link::readReach(tier.reach));
  if (!reach.names.empty() && tier.network != link::kAllowList)
    return fail(Code::InvalidInput, "reach names '{}', but names are for network = \"{}\"; with {} all public ones are reached",
        reach.names.front(), link::kAllowList, link::kEgress);
  if (!tier.reach.empty() && tier.network == link::kNoNetwork)
    return fail(Code::InvalidInput, "reach names '{}', but network is \"{}\"", tier.reach.front(), link::kNoNetwork);
  for (const auto& [what, rate] : {std::pair("upload", tier.upload), std::pair("download", tier.download)}) {
    if (rate.bytes == 0) continue;
    TRY(within(fmt::format("{} in KiB a second", what), static_cast<double>(rate.bytes >> 10), 16, 100 << 20));
  }
  if (tier.idle > 0ms && tier.idleWhenNeeded > tier.idle)
    return fail(Code::InvalidInput,
        "idle_when_needed ({}) is longer than idle ({}); a full machine cannot be more patient than an empty one",
        config::format(tier.idleWhenNeeded), config::format(tier.idle));
  return {};
}

}  // namespace

double Tier::unitsPerHour(std::size_t devices) const {
  constexpr double kGb = 1 << 30;
  return cpus * unitsPerCpuHour + static_cast<double>(memory.bytes) / kGb * unitsPerGbHour +
         static_cast<double>(devices) * unitsPerAcceleratorHour;
}

Result<TierBook> TierBook::load(const std::filesystem::path& file, const Tier& defaults) {
  TierBook book;
  std::map<std::string, std::string, std::less<>> places;
  TRY(config::loadTables(file, {"tier"}, [&](auto, std::string_view name, std::string_view place) -> Result<std::vector<config::Slot>> {
    if (!isName(name))
      return fail(Code::InvalidInput, "{}: a tier's name has 1 to 32 of a-z, 0-9, - and _, not '{}'", place, name.substr(0, 64));
    if (book.tiers_.size() >= kMostTiers) return fail(Code::InvalidInput, "{}: more than {} tiers", place, kMostTiers);
    auto& tier = book.tiers_.emplace(name, defaults).first->second;
    tier.name = name;
    places.emplace(name, place);
    return config::slotsOf(tier);
  }));
  for (auto& [name, tier] : book.tiers_) {
    // Who sets a short idle time alone means no longer one for a full machine.
    if (tier.idle > 0ms && tier.idleWhenNeeded == defaults.idleWhenNeeded) tier.idleWhenNeeded = std::min(tier.idleWhenNeeded, tier.idle);
    TRY(during(fmt::format("{}: tier {}", places.at(name), name), checkTier(tier)));
    if (tier.title.empty()) tier.title = name;
  }
  if (!book.tiers_.contains("free"))
    return fail(Code::InvalidInput, "{}: there is no [tier.free], which is everybody's until they are given another", file.string());
  return book;
}

TierBook TierBook::plain(Tier defaults) {
  TierBook book;
  defaults.name = "free";
  if (defaults.title.empty()) defaults.title = defaults.name;
  book.tiers_.emplace("free", std::move(defaults));
  return book;
}

const Tier* TierBook::find(std::string_view name) const {
  const auto found = tiers_.find(name);
  return found == tiers_.end() ? nullptr : &found->second;
}

}  // namespace allmende::quota
