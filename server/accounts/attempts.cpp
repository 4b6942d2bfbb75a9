#include "server/accounts/attempts.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cmath>
#include <vector>

namespace allmende::accounts {
namespace {

// How long until a bucket at `level` takes one more drop.
std::chrono::seconds waitFor(double level, double size, Duration drain) {
  const double drops = level + 1 - size;
  return std::chrono::ceil<std::chrono::seconds>(
      std::chrono::duration<double, std::milli>(std::max(0.0, drops) * static_cast<double>(drain.count())));
}

}  // namespace

double Attempts::levelNow(const Bucket& bucket, Limit limit) const {
  const auto passed = static_cast<double>((clock_.sinceStart() - bucket.at).count()) / static_cast<double>(limit.drain.count());
  return std::max(0.0, bucket.level - passed);
}

double Attempts::level(const Buckets& buckets, const std::string& key, Limit limit) const {
  const auto found = buckets.find(key);
  return found == buckets.end() ? 0 : levelNow(found->second, limit);
}

void Attempts::add(Buckets& buckets, const std::string& key, Limit limit, double drops) {
  if (buckets.size() >= kMostBuckets && !buckets.contains(key)) makeRoom(buckets, limit);
  auto& bucket = buckets[key];
  bucket.level = std::max(0.0, levelNow(bucket, limit) + drops);
  bucket.at = clock_.sinceStart();
  if (bucket.level == 0) buckets.erase(key);
}

// Drops the emptier half at least, so that a flood of addresses does not come here with each of its tries.
void Attempts::makeRoom(Buckets& buckets, Limit limit) const {
  std::vector<double> levels;
  for (const auto& [key, bucket] : buckets) levels.push_back(levelNow(bucket, limit));
  const auto middle = levels.begin() + static_cast<std::ptrdiff_t>(levels.size() / 2);
  std::ranges::nth_element(levels, middle);
  std::erase_if(buckets, [&, least = *middle](const auto& entry) { return levelNow(entry.second, limit) <= least; });
}

std::optional<std::chrono::seconds> Attempts::begin(const std::string& account, const std::string& address) {
  const auto place = placeOf(address);
  const auto pair = account + ' ' + place;
  const bool attacked = level(accounts_, account, kAccount) + 1 > kAccount.size;
  const double pairSize = attacked ? kPairUnderAttack : kPair.size;
  const auto wait = std::max(waitFor(level(pairs_, pair, kPair), pairSize, kPair.drain),
      waitFor(level(addresses_, place, kAddress), kAddress.size, kAddress.drain));
  if (wait.count() > 0) return wait;
  add(pairs_, pair, kPair, 1);
  add(addresses_, place, kAddress, 1);
  if (!attacked) add(accounts_, account, kAccount, 1);
  return std::nullopt;
}

void Attempts::succeeded(const std::string& account, const std::string& address) {
  const auto place = placeOf(address);
  pairs_.erase(account + ' ' + place);
  add(addresses_, place, kAddress, -1);
  add(accounts_, account, kAccount, -1);
}

std::string placeOf(const std::string& address) {
  boost::system::error_code error;
  const auto parsed = asio::ip::make_address_v6(address, error);
  if (error) return address;
  if (parsed.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, parsed).to_string();
  auto bytes = parsed.to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return asio::ip::address_v6(bytes).to_string();
}

}  // namespace allmende::accounts
