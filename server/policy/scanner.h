#pragma once
// Looks for the patterns of detectors in the commands of a cell. Behind the door of server/policy.
//
// Only what is submitted is read, and only what would be carried out: comments, texts and notes about a tool are none of its use. What is
// found leads to a question before the cell runs, and to nothing else.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/policy/rules.h"

namespace allmende::policy {

struct Match {
  std::string detector;
  std::int64_t line = 0;  // of the cell, from 1
  std::string excerpt;    // at most 200 bytes of that line around what was found, secrets blanked
  bool operator==(const Match&) const = default;
};

// The cell with everything blanked that is not carried out: comments, strings that no command is made of, text of %%markdown and the like.
// Lines stay where they are.
std::string commandsOf(std::string_view cell);

class Scanner {
 public:
  static constexpr std::size_t kMostBytes = 256U << 10U;  // of a cell; what comes behind is not read

  explicit Scanner(const RuleBook& book);
  Scanner(Scanner&&) noexcept;
  Scanner& operator=(Scanner&&) noexcept;
  ~Scanner();

  // Fails with InvalidInput naming the pattern that is none.
  static Result<> check(const Detector& detector);

  // One for each detector at most. Takes time in proportion to the cell, whatever is in it.
  std::vector<Match> scan(std::string_view cell) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace allmende::policy
