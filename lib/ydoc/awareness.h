#pragma once
// Who is in a document's room, and where: y-protocols' awareness. Nothing of it is stored. Part of the door lib/ydoc/ydoc.h; include that.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace allmende::ydoc {

class Awareness {
 public:
  static constexpr std::size_t kMostClients = 1000;
  static constexpr std::size_t kLargestState = 16U << 10U;  // bytes of one client's JSON

  // Takes in what is said of those clients that `isTheirs` allows. Returns the clients of whom there was news: what is as old as what is
  // known, or older, changes nothing. Fails with InvalidInput when it is no awareness update, OverLimit beyond the bounds; nothing is then
  // taken in.
  using Filter = std::function<bool(std::uint64_t client)>;
  Result<std::vector<std::uint64_t>> apply(std::string_view update, const Filter& isTheirs = [](std::uint64_t) { return true; });

  // As one update: all who are there, or those of `clients` who are known, the gone ones as gone.
  std::string everybody() const;
  std::string about(const std::vector<std::uint64_t>& clients) const;

  // These clients' connection has ended. Returns the update that says so to the others.
  std::string leave(const std::vector<std::uint64_t>& clients);

  std::size_t present() const;

 private:
  struct State {
    std::uint64_t clock = 0;
    std::string json;  // "null" once it is gone
  };
  static std::string encodeStates(const std::vector<std::pair<std::uint64_t, const State*>>& states);
  void forgetGone();
  std::map<std::uint64_t, State> states_;
};

}  // namespace allmende::ydoc
