// Where settings come from: file, environment, flags; and the two pages made of their list.

#include <unistd.h>

#include <toml++/toml.h>
#include <algorithm>
#include <sstream>

#include "lib/config/config.h"

namespace allmende::config {
namespace {

std::string flagOf(const Slot& slot) {
  auto flag = slot.name;
  std::ranges::replace(flag, '_', '-');
  return "--" + flag;
}

std::string variableOf(const Slot& slot) {
  auto name = "ALLMENDE_" + slot.name;
  for (auto& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

const Slot* findSlot(const std::vector<Slot>& slots, std::string_view value, std::string (*as)(const Slot&)) {
  const auto found = std::ranges::find_if(slots, [&](const Slot& slot) { return as(slot) == value; });
  return found == slots.end() ? nullptr : &*found;
}

std::string keyOf(const Slot& slot) { return slot.name; }

// The known names that look most like a wrong one would be guesswork; all of them are a list a person can read.
std::string allowed(const std::vector<Slot>& slots, std::string (*as)(const Slot&)) {
  std::vector<std::string> names;
  for (const auto& slot : slots) names.push_back(as(slot));
  return fmt::format("{}", fmt::join(names, ", "));
}

Result<std::string> textOf(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
  if (const auto* flag = node.as_boolean()) return std::string(flag->get() ? "true" : "false");
  if (const auto* list = node.as_array()) {
    std::vector<std::string> items;
    for (const auto& item : *list) {
      TRY(auto text, textOf(item));
      items.push_back(std::move(text));
    }
    return fmt::format("{}", fmt::join(items, ","));
  }
  return fail(Code::InvalidInput, "a string, number, true, false or an array is needed");
}

Result<toml::table> parseFile(const std::filesystem::path& path) {
  if (::access(path.c_str(), R_OK) != 0) return fail(Code::InvalidInput, "settings file {} cannot be read", path.string());
  try {
    return toml::parse_file(path.string());
  } catch (const toml::parse_error& broken) {
    return fail(Code::InvalidInput, "{}:{}: {}", path.string(), broken.source().begin.line, broken.description());
  }
}

std::string placeOf(const std::filesystem::path& path, const toml::node& node) {
  return fmt::format("{}:{}", path.string(), node.source().begin.line);
}

Result<> fillSlots(const std::vector<Slot>& slots, const toml::table& table, const std::filesystem::path& path) {
  for (const auto& [key, node] : table) {
    const auto place = placeOf(path, node);
    const auto* slot = findSlot(slots, key.str(), keyOf);
    if (slot == nullptr) return fail(Code::InvalidInput, "{}: unknown setting '{}'; known are {}", place, key.str(), allowed(slots, keyOf));
    TRY(auto text, during(fmt::format("{}: {}", place, slot->name), textOf(node)));
    TRY(during(fmt::format("{}: {}", place, slot->name), slot->set(text)));
  }
  return {};
}

Result<> loadFile(const std::vector<Slot>& slots, const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return {};
  TRY(const auto table, parseFile(path));
  return fillSlots(slots, table, path);
}

Result<> loadEnvironment(const std::vector<Slot>& slots, const std::map<std::string, std::string>& variables) {
  for (const auto& slot : slots) {
    const auto found = variables.find(variableOf(slot));
    if (found != variables.end()) TRY(during(found->first, slot.set(found->second)));
  }
  return {};
}

Result<std::vector<std::string>> loadArguments(const std::vector<Slot>& slots, const std::vector<std::string>& arguments) {
  std::vector<std::string> rest;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto& argument = arguments[i];
    if (argument == "--") {
      rest.insert(rest.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1, arguments.end());
      break;
    }
    if (!argument.starts_with("--")) {
      rest.push_back(argument);
      continue;
    }
    const auto equals = argument.find('=');
    const auto name = argument.substr(0, equals);
    const auto* slot = findSlot(slots, name, flagOf);
    if (slot == nullptr) return fail(Code::InvalidInput, "unknown flag '{}'; known are {}", name, allowed(slots, flagOf));
    if (equals == std::string::npos && i + 1 == arguments.size())
      return fail(Code::InvalidInput, "{} needs a value ({})", name, slot->kind);
    const auto value = equals == std::string::npos ? arguments[++i] : argument.substr(equals + 1);
    TRY(during(name, slot->set(value)));
  }
  return rest;
}

}  // namespace

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> found;
  for (char** variable = ::environ; *variable != nullptr; ++variable) {
    const std::string_view text(*variable);
    const auto equals = text.find('=');
    if (text.starts_with("ALLMENDE_") && equals != std::string_view::npos) found.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return found;
}

Result<std::vector<std::string>> loadSlots(const std::vector<Slot>& slots, const Sources& sources) {
  if (sources.file) TRY(loadFile(slots, *sources.file));
  TRY(loadEnvironment(slots, sources.environment));
  return loadArguments(slots, sources.arguments);
}

Result<> loadTables(const std::filesystem::path& file, const std::vector<std::string_view>& kinds, const SlotsFor& slotsFor) {
  TRY(const auto root, parseFile(file));
  const auto forms = fmt::format("[{}.NAME]", fmt::join(kinds, ".NAME] or ["));
  for (const auto& [key, node] : root) {
    const auto* tables = node.as_table();
    if (std::ranges::find(kinds, key.str()) == kinds.end() || tables == nullptr)
      return fail(Code::InvalidInput, "{}: '{}' is not known here; write tables {}", placeOf(file, node), key.str(), forms);
    for (const auto& [name, one] : *tables) {
      const auto* table = one.as_table();
      if (table == nullptr)
        return fail(
            Code::InvalidInput, "{}: '{}' stands outside of a table; write it below [{}.NAME]", placeOf(file, one), name.str(), key.str());
      TRY(const auto slots, slotsFor(key.str(), name.str(), placeOf(file, one)));
      TRY(fillSlots(slots, *table, file));
    }
  }
  return {};
}

std::string help(const std::vector<Slot>& slots) {
  std::string text;
  for (const auto& slot : slots) {
    text += fmt::format("  {:<34} {}{}\n", fmt::format("{} {}", flagOf(slot), slot.kind), slot.says,
        slot.initial.empty() ? "" : fmt::format(" [{}]", slot.initial));
  }
  return text;
}

std::string referencePage(std::string_view title, const std::vector<Slot>& slots) {
  auto page =
      fmt::format("# {}\n\n| key in allmende.toml | environment | flag | kind | default | meaning |\n|---|---|---|---|---|---|\n", title);
  for (const auto& slot : slots) {
    page += fmt::format("| `{}` | `{}` | `{}` | {} | {} | {} |\n", slot.name, variableOf(slot), flagOf(slot),
        slot.kind == "true|false" ? "true or false" : slot.kind, slot.initial.empty() ? "" : fmt::format("`{}`", slot.initial), slot.says);
  }
  return page;
}

}  // namespace allmende::config
