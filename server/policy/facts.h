#pragma once
// What can be known of a runtime: the table of facts, and values of them. Part of the door server/policy/policy.h.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lib/base/json.h"

namespace allmende::policy {

// Where a finding comes from. No runtime is ever stopped on one of them alone, but for rules that protect others.
enum class Family : std::uint8_t { Code, Exec, Cpu, Network, Payload, Account };
std::string_view nameOf(Family family);  // "code", "exec", "cpu", "network", "payload", "account"

enum class FactUnit : std::uint8_t { Number, Seconds, Bytes, Word, Words };

struct FactKind {
  std::string_view name;
  Family family;
  FactUnit unit;
  std::string_view says;
};

// Every fact there is. Nothing else can be observed, sent or named by a rule.
inline constexpr FactKind kFacts[] = {
    {"cell.matches", Family::Code, FactUnit::Words, "Detectors whose patterns stand in the commands of a cell that was submitted."},
    {"exec.program", Family::Exec, FactUnit::Word, "The file name of a running program, as the machine sees it."},
    {"exec.flags", Family::Exec, FactUnit::Words, "The names of its flags, and telling words of a closed list; never a value."},
    {"exec.seconds", Family::Exec, FactUnit::Seconds, "For how long it has been running."},
    {"exec.cpu_seconds", Family::Exec, FactUnit::Seconds, "Processor time that it has used."},
    {"network.spoofed", Family::Network, FactUnit::Number, "Packets within a minute with an address that is not the runtime's own."},
    {"network.refused", Family::Network, FactUnit::Number, "Connections and packets within ten seconds beyond what may be opened."},
    {"network.refused_minute", Family::Network, FactUnit::Number, "The same within a minute."},
    {"network.refused_places", Family::Network, FactUnit::Number, "At how many addresses those were aimed."},
    {"network.mail", Family::Network, FactUnit::Number, "Connections to mail servers that were refused, within a minute."},
    {"network.sent_day", Family::Network, FactUnit::Bytes, "Sent within a day."},
    {"network.sent_hour", Family::Network, FactUnit::Bytes, "Sent within an hour."},
    {"network.sent_ratio", Family::Network, FactUnit::Number, "Sent within an hour, for each byte that was received."},
    {"payload.mining", Family::Payload, FactUnit::Number, "Connections in which both sides spoke as a miner and its pool do (stratum)."},
    {"payload.mining_asked", Family::Payload, FactUnit::Number, "Connections in which the runtime alone spoke like that."},
    {"payload.sharing", Family::Payload, FactUnit::Number, "Places with which both sides shook hands as BitTorrent has it."},
    {"payload.sharing_bytes", Family::Payload, FactUnit::Bytes, "What passed in those connections, both ways."},
    {"payload.sharing_sought", Family::Payload, FactUnit::Number,
        "Places that the runtime asked who shares a file, and that told it (BitTorrent's trackers and tables)."},
    {"payload.names", Family::Payload, FactUnit::Words,
        "Names of servers that the runtime asked for or connected to; of those that rules name, and what ends with them."},
    {"account.shared_device", Family::Account, FactUnit::Number,
        "Accounts that signed in by the same browser within seven days, this one included."},
    {"account.hand_overs", Family::Account, FactUnit::Number,
        "How often within 14 days the account took up another's work on the same browser when that had used up its units."},
    {"cpu.share", Family::Cpu, FactUnit::Number, "Processors in use on average, within a minute; told where rounding goes all four ways."},
    {"cpu.rounding_samples", Family::Cpu, FactUnit::Number,
        "At how many switches between tasks the way of rounding was seen, within a minute."},
    {"cpu.rounding_least", Family::Cpu, FactUnit::Number, "The least share of the three ways that are not to the nearest."},
    {"cpu.rounding_others", Family::Cpu, FactUnit::Number, "The share of these three together."},
};
const FactKind* findFact(std::string_view name);

// Numbers are plain, seconds or bytes, as the table says.
using FactValue = std::variant<double, std::string, std::vector<std::string>>;
using Facts = std::map<std::string, FactValue, std::less<>>;

// "8 hours", "2.5 GB", "ssh": for people.
std::string wordsOf(const FactKind& kind, const FactValue& value);

json::object toJsonObject(const Facts& facts);
// Fails with InvalidInput for facts that are not in the table, values of another kind, and words longer than 64 bytes or more than 32.
Result<Facts> readFacts(const json::object& said);

// Comparisons joined by "and", all of one family: `exec.program among john hashcat and exec.seconds > 60s`.
//   numbers   > >= < <=     words   is W · among W W W     lists   has W · lacks W · among W W W (one of them at least)
class Condition {
 public:
  // Fails with InvalidInput naming what was not understood and what is allowed.
  static Result<Condition> parse(std::string_view text);
  // A fact that is not there fulfils nothing.
  bool holds(const Facts& facts) const;
  Family family() const { return family_; }
  // The words it names of a fact.
  std::vector<std::string> wordsFor(std::string_view fact) const;

 private:
  enum class Compares : std::uint8_t { More, AtLeast, Less, AtMost, Is, Among, Has, Lacks };
  struct Part {
    const FactKind* fact = nullptr;
    Compares compares = Compares::Is;
    double number = 0;
    std::vector<std::string> words;
  };
  static Result<Part> parsePart(std::string_view text);
  static bool holds(const Part& part, const Facts& facts);

  std::vector<Part> parts_;
  Family family_ = Family::Code;
};

}  // namespace allmende::policy
