#pragma once
// The operator's log: one JSON line per event on standard error, `noun.past_verb`, ids as fields.
//
// Our own forty lines, because the agent is a static binary and Debian has no static logging library. Never log a secret.

#include <boost/json/object.hpp>
#include <functional>
#include <string_view>

namespace allmende::log {

enum class Level { Debug, Info, Warning, Error };

using Fields = boost::json::object;

void debug(std::string_view event, Fields fields = {});
void info(std::string_view event, Fields fields = {});
void warning(std::string_view event, Fields fields = {});
void error(std::string_view event, Fields fields = {});

// The least level that is written; Info at start.
void setLevel(Level level);

// Names this program in every line, for instance "server".
void setProgram(std::string_view program);

// Where lines go, without their newline; nullptr restores standard error. For tests and for the launcher.
void setSink(std::function<void(std::string_view)> sink);

}  // namespace allmende::log
