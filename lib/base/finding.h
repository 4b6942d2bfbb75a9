#pragma once
// One line of the doctor: what was looked at, and when it is not as it should be, what that costs and what helps.

#include <string>

#include "lib/base/record.h"

namespace allmende {

struct Finding {
  std::string check;
  bool ok = true;
  std::string found;
  std::string effect;
  std::string remedy;
  bool required = true;  // false: Allmende runs without

  static Finding good(std::string_view check, std::string found) { return {.check = std::string(check), .found = std::move(found)}; }
  static Finding bad(std::string_view check, std::string found, std::string_view effect, std::string_view remedy) {
    return {
        .check = std::string(check), .ok = false, .found = std::move(found), .effect = std::string(effect), .remedy = std::string(remedy)};
  }
  static Finding optional(Finding finding) {
    finding.required = false;
    return finding;
  }
};
constexpr auto fieldsOf(Type<Finding>) {
  return record("finding", field("check", &Finding::check), field("ok", &Finding::ok), field("found", &Finding::found),
      field("effect", &Finding::effect), field("remedy", &Finding::remedy), field("required", &Finding::required));
}

}  // namespace allmende
