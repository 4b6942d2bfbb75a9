#pragma once
// Settings from one field list: TOML file, ALLMENDE_* environment, flags, help text and reference page.
//
//   struct ServerSettings { std::string listen = "127.0.0.1:8080"; Duration idle = 90min; };      // with fieldsOf beside it
//   TRY(auto rest, config::load(settings, {.file = dataDirectory / "allmende.toml", .environment = config::environment(), .arguments =
//   arguments}));
//
// Order: default < file < environment < flag. Unknown keys and flags are errors that name where they stand.

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/record.h"
#include "lib/base/result.h"

namespace allmende::config {

// A number of bytes; written "512 MB", "2 GB", "64 KiB" or as a plain number.
struct ByteSize {
  std::int64_t bytes = 0;
  auto operator<=>(const ByteSize&) const = default;
};

// One setting, with its type erased.
struct Slot {
  std::string name;
  std::string says;
  std::string kind;     // "text", "duration", …: what is allowed, for messages and help
  std::string initial;  // the default, as it would be written
  std::function<Result<>(std::string_view)> set;
};

struct Sources {
  std::optional<std::filesystem::path> file;  // need not exist
  std::map<std::string, std::string> environment;
  std::vector<std::string> arguments;  // "--listen", "0.0.0.0:80", "--data=/srv", …
};

// The process's variables whose name begins with ALLMENDE_.
std::map<std::string, std::string> environment();

// What a string means as a value of T, or a sentence without the setting's name: "'45x' is no duration; write 90s, 15m, 12h or 7d".
Result<> parse(std::string_view text, std::string& to);
Result<> parse(std::string_view text, bool& to);
Result<> parse(std::string_view text, std::int64_t& to);
Result<> parse(std::string_view text, double& to);
Result<> parse(std::string_view text, Duration& to);
Result<> parse(std::string_view text, ByteSize& to);
Result<> parse(std::string_view text, std::vector<std::string>& to);  // comma-separated

// The other way round, and what a kind is called.
std::string format(const std::string& value);
std::string format(bool value);
std::string format(std::int64_t value);
std::string format(double value);
std::string format(Duration value);
std::string format(ByteSize value);
std::string format(const std::vector<std::string>& value);
std::string kindOf(const std::string&);
std::string kindOf(bool);
std::string kindOf(std::int64_t);
std::string kindOf(double);
std::string kindOf(Duration);
std::string kindOf(ByteSize);
std::string kindOf(const std::vector<std::string>&);

// The settings of `settings`, in the order of their field list. They refer to it: it must outlive them.
template <Recorded T>
std::vector<Slot> slotsOf(T& settings) {
  std::vector<Slot> slots;
  eachField(settings, [&](const auto& field, auto& member) {
    slots.push_back({std::string(field.name), std::string(field.says), kindOf(member), format(member),
        [&member](std::string_view text) { return parse(text, member); }});
  });
  return slots;
}

// Fills the slots; returns the arguments that are no settings (positional ones, and all behind "--").
// Fails with InvalidInput naming file and line, variable, or flag.
Result<std::vector<std::string>> loadSlots(const std::vector<Slot>& slots, const Sources& sources);

template <Recorded T>
Result<std::vector<std::string>> load(T& settings, const Sources& sources) {
  return loadSlots(slotsOf(settings), sources);
}

// A TOML file of nothing but tables of some kinds: [tier.free], [tier.pro]. `slotsFor` gives the slots of the table `name`, which stands at
// `place` ("tiers.toml:3"), in the order of their names. Fails with InvalidInput naming file and line.
using SlotsFor = std::function<Result<std::vector<Slot>>(std::string_view kind, std::string_view name, std::string_view place)>;
Result<> loadTables(const std::filesystem::path& file, const std::vector<std::string_view>& kinds, const SlotsFor& slotsFor);

// "  --idle-timeout DURATION   Default for tiers that set none. [90m]" a line each.
std::string help(const std::vector<Slot>& slots);

// A Markdown table: key, environment variable, kind, default, meaning.
std::string referencePage(std::string_view title, const std::vector<Slot>& slots);

}  // namespace allmende::config
