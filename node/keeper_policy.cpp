// What the rules of the commons have to do with a runtime: what is seen of it from outside, and how it is slowed down. Nothing here judges.

#include <ranges>
#include <set>

#include "lib/base/log.h"
#include "node/keeper.h"
#include "node/kept.h"

namespace allmende::node {
namespace {

constexpr Duration kLookEvery{10'000};
constexpr std::size_t kMostWords = 2000;
constexpr std::size_t kLongestWord = 64;

// What a look needs to know, taken together on the loop and used on a pool.
struct ToLookAt {
  std::shared_ptr<Kept> kept;
  link::RuntimeId id;
  std::string cgroup;
  observe::Places places;
  link::Limits limits;
  int pid = 0;  // of its agent
  std::shared_ptr<network::Gateway> wayOut;
  network::Address address = 0;
  std::shared_ptr<observe::Watch> watch;
};

Result<network::Hold> holdOf(std::string_view word) {
  if (word == link::kHoldNone) return network::Hold::None;
  if (word == link::kHoldNew) return network::Hold::New;
  if (word == link::kHoldAllButWeb) return network::Hold::AllButWeb;
  return fail(Code::InvalidInput, "connections is '{}'; allowed are '', new and all_but_web", word.substr(0, kLongestWord));
}

std::vector<link::Observed> lookAt(const std::vector<ToLookAt>& all, const sandbox::CgroupLayout& cgroups,
    const observe::Rounding* rounding, FirstWords* words, const link::Observe& what, Duration now) {
  std::map<network::Gateway*, std::map<network::Address, network::Refusals>> refusals;
  std::vector<link::Observed> told;
  if (words != nullptr) {
    std::set<network::Address> guests;
    for (const auto& one : all) guests.insert(one.address);
    words->keepOnly(guests);
    words->lookAtOpen();
  }
  for (const auto& one : all) {
    std::optional<observe::NetworkCounts> counts;
    const auto spoken = words != nullptr && one.wayOut ? words->of(one.address) : observe::Spoken{};
    if (one.wayOut) {
      const auto [found, isNew] = refusals.try_emplace(one.wayOut.get());
      if (isNew) {
        auto read = one.wayOut->refusals();
        if (!read) log::warning("network.not_counted", {{"message", read.error().message}});
        if (read) found->second = *std::move(read);
      }
      const auto traffic = one.wayOut->traffic(one.address);
      const auto& refused = found->second[one.address];
      counts = observe::NetworkCounts{.sent = traffic.sent,
          .received = traffic.received,
          .refused = refused.beyondLimits,
          .refusedPlaces = refused.places,
          .mail = refused.mail,
          .spoofed = refused.spoofed};
    }
    observe::CpuCounts cpu;
    if (const auto usage = observe::readUsage(one.places, one.limits)) cpu.seconds = usage->cpuSeconds;
    if (rounding != nullptr) cpu.rounding = rounding->of(observe::pidNamespaceOf(one.pid));
    for (auto& facts : one.watch->look(sandbox::processesOf(cgroups, one.cgroup), counts, cpu, spoken, what, now))
      told.push_back({.id = one.id, .facts = std::move(facts)});
  }
  return told;
}

}  // namespace

Result<link::Done> Keeper::setWhatToObserve(link::Observe what) {
  for (const auto* words : {&what.programs, &what.flags, &what.telling, &what.names}) {
    if (words->size() > kMostWords ||
        std::ranges::any_of(*words, [](const auto& word) { return word.empty() || word.size() > kLongestWord; }))
      return fail(
          Code::InvalidInput, "what is to be observed has more than {} words, or one of more than {} bytes", kMostWords, kLongestWord);
  }
  observed_ = std::move(what);
  if (firstWords_) firstWords_->lookFor(observed_.names);
  return link::Done{};
}

Task<> Keeper::observeAll() {
  auto opened = observe::Rounding::open();
  if (!opened) log::warning("rounding.not_counted", {{"message", opened.error().message}, {"help", "allmende doctor"}});
  const std::shared_ptr<observe::Rounding> rounding = opened ? *std::move(opened) : nullptr;
  while (!stopping_) {
    co_await clock_.sleep(kLookEvery);
    std::vector<ToLookAt> all;
    for (const auto& [id, kept] : kept_) {
      if (kept->sandbox)
        all.push_back({kept, id, kept->sandbox->cgroup, kept->places, kept->runtime.limits, kept->sandbox->pid, kept->sandbox->wayOut,
            kept->sandbox->plug.address, kept->watch});
    }
    if (all.empty()) continue;
    auto told =
        co_await looks_.run([all, rounding, words = firstWords_, &cgroups = site_.cgroups(), what = observed_, now = clock_.sinceStart()] {
          return lookAt(all, cgroups, rounding.get(), words.get(), what, now);
        });
    if (!told) continue;  // the pool is full: there is another look
    for (auto& one : *told) {
      if (kept_.contains(one.id)) tell_(std::move(one));
    }
  }
}

Task<Result<link::Done>> Keeper::restrain(link::Restrain ask) {
  const auto found = kept_.find(ask.id);
  if (found == kept_.end() || !found->second->sandbox) co_return fail(Code::NotFound, "runtime {} does not run here", ask.id.text());
  const auto kept = found->second;
  const auto& limits = kept->runtime.limits;
  CO_TRY(const auto hold, holdOf(ask.connections));
  if (ask.cpus < 0 || ask.cpus > limits.cpus)
    co_return fail(Code::InvalidInput, "cpus is {}; allowed are 0 to {}, which its limits say", ask.cpus, limits.cpus);
  if (ask.uploadBytesPerSecond < 0)
    co_return fail(Code::InvalidInput, "upload_bps is {}; allowed are 0 and more", ask.uploadBytesPerSecond);
  auto work = [&cgroups = site_.cgroups(), group = kept->sandbox->cgroup, out = kept->sandbox->wayOut,
                  plug = std::make_shared<network::Plug>(kept->sandbox->plug.address, machine::duplicate(kept->sandbox->plug.space)),
                  cpus = ask.cpus > 0 ? ask.cpus : limits.cpus, hold,
                  upload = ask.uploadBytesPerSecond > 0 ? ask.uploadBytesPerSecond : limits.network.uploadBytesPerSecond,
                  ask]() -> Result<> {
    // Set whatever it was: what the node before this one had set is not known here.
    TRY(sandbox::setCpus(cgroups, group, cpus));
    if (!out) return {};
    TRY(out->hold(plug->address, hold));
    return out->slowUpload(*plug, upload);
  };
  CO_TRY(co_await looks_.runResult(std::move(work)));
  log::info("runtime.restrained",
      {{"runtime", ask.id.text()}, {"cpus", ask.cpus}, {"connections", ask.connections}, {"upload_bps", ask.uploadBytesPerSecond}});
  co_return link::Done{};
}

}  // namespace allmende::node
