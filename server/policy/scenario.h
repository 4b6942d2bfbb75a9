#pragma once
// Scenarios: what a rule is to do, told moment by moment in text that a policy author reads and writes. Part of the door
// server/policy/policy.h.
//
//   given runtime rt_1 of ada on tier free [since 400d] [seen before]
//   given strike RULE of ada 10d ago
//   given rule RULE in shadow
//   at 0s rt_1 shows exec.program=john exec.seconds=61
//   from 0s to 5m rt_1 shows exec.program=john exec.cpu_seconds=30     (every ten seconds)
//   at 0s rt_1 submits !john --wordlist=words.txt hashes               (⏎ stands for a new line of the cell)
//   at 6m rt_1 ends
//   expect RULE to STEP rt_1 by 70s
//   expect RULE to lift rt_1 by 17m
//   expect RULE to pause by 1h
//   expect nothing beyond STEP by 10m
//   expect nothing by 10m

#include <string>
#include <string_view>
#include <vector>

#include "server/policy/engine.h"

namespace allmende::policy {

struct ScenarioReport {
  std::vector<std::string> failures;  // "mining.scenario:7: expected …; what happened: …"
  std::size_t expectations = 0;
};

// All rules are in force, but for those said to be in shadow. Fails with InvalidInput naming the line that was not understood.
Result<ScenarioReport> runScenario(const RuleBook& book, std::string_view name, std::string_view text);

}  // namespace allmende::policy
