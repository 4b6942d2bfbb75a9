#include "server/policy/scanner.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <array>
#include <ranges>

namespace allmende::policy {
namespace {

constexpr std::size_t kLongestExcerpt = 200;
constexpr std::int64_t kMostMemory = 16 << 20;  // of all patterns together, compiled

RE2::Options options() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMostMemory);
  return options;
}

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t\r");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r") - from + 1);
}

std::vector<std::string_view> patternsOf(std::string_view lines) {
  std::vector<std::string_view> patterns;
  for (const auto part : std::views::split(lines, '\n')) {
    const auto line = trimmed(std::string_view(part.begin(), part.end()));
    if (!line.empty()) patterns.push_back(line);
  }
  return patterns;
}

// ---- what of a cell is carried out ----

// A string on a line that speaks of these is a command for the system, or part of one.
constexpr std::array<std::string_view, 10> kRunners{
    "os.system", "os.popen", "os.exec", "os.spawn", "subprocess", "Popen", "check_call", "check_output", "getoutput", ".system("};

bool runsCommands(std::string_view line) {
  return std::ranges::any_of(kRunners, [&](auto runner) { return line.contains(runner); });
}

// A shell line with its comment blanked: from a # that begins a word, outside of quotes.
void blankShellComment(std::string& text, std::size_t from, std::size_t to) {
  char quote = 0;
  for (auto at = from; at < to; ++at) {
    const char c = text[at];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '#' && (at == from || text[at - 1] == ' ' || text[at - 1] == '\t')) {
      std::fill(text.begin() + static_cast<std::ptrdiff_t>(at), text.begin() + static_cast<std::ptrdiff_t>(to), ' ');
      return;
    }
  }
}

// Programs that read, list or print what is named to them: who looks for a word in a file does not use what the word means.
constexpr std::array<std::string_view, 34> kReaders{"ag", "apropos", "cat", "cd", "cut", "diff", "du", "echo", "egrep", "fgrep", "file",
    "grep", "head", "less", "ls", "man", "mkdir", "more", "printf", "rg", "sort", "stat", "tail", "tr", "type", "uniq", "wc", "whatis",
    "whereis", "which", "zcat", "zgrep", "zless", "zmore"};

bool isReader(std::string_view command) {
  const auto first = command.find_first_not_of(" \t!%");
  if (first == std::string_view::npos || command.contains("$(") || command.contains('`')) return false;
  auto program = command.substr(first, command.find_first_of(" \t", first) - first);
  if (const auto slash = program.rfind('/'); slash != std::string_view::npos) program.remove_prefix(slash + 1);
  return std::ranges::find(kReaders, program) != kReaders.end();
}

// Blanks the commands of a shell line that only read; not in a pipe to a program that may carry out what they print.
void blankReaders(std::string& text, std::size_t from, std::size_t to) {
  struct Command {
    std::size_t from;
    std::size_t to;
  };
  std::vector<Command> pipe;
  const auto endPipe = [&] {
    const auto reads = [&](const Command& one) { return isReader(std::string_view(text).substr(one.from, one.to - one.from)); };
    if (std::ranges::all_of(pipe, reads)) {
      for (const auto& one : pipe)
        std::fill(text.begin() + static_cast<std::ptrdiff_t>(one.from), text.begin() + static_cast<std::ptrdiff_t>(one.to), ' ');
    }
    pipe.clear();
  };
  char quote = 0;
  auto begins = from;
  for (auto at = from; at < to; ++at) {
    const char c = text[at];
    if (c == '\\') {
      ++at;
    } else if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '|' || c == ';' || c == '&') {
      pipe.push_back({begins, at});
      begins = at + 1;
      const bool isPipe = c == '|' && (at + 1 >= to || text[at + 1] != '|');
      if (!isPipe) endPipe();
    }
  }
  pipe.push_back({begins, to});
  endPipe();
}

// Blanks Python's comments and strings, those excepted that stand on a line which runs commands. Goes through the cell once.
class PythonBlanker {
 public:
  explicit PythonBlanker(std::string& text) : text_(text) {}

  void blank() {
    beginLine();
    while (at_ < text_.size()) {
      if (text_[at_] != '\n') {
        step();
        continue;
      }
      ++at_;
      beginLine();
    }
  }

 private:
  void beginLine() {
    const auto ends = std::min(text_.find('\n', at_), text_.size());
    const auto line = std::string_view(text_).substr(at_, ends - at_);
    keepsStrings_ = runsCommands(line);
    const auto code = trimmed(line);
    if (!code.starts_with('!') && !code.starts_with('%')) return;
    blankShellComment(text_, at_, ends);
    blankReaders(text_, at_, ends);
    at_ = ends;
  }

  void step() {
    const char c = text_[at_];
    if (c == '#') {
      while (at_ < text_.size() && text_[at_] != '\n') text_[at_++] = ' ';
      return;
    }
    if (c == '\'' || c == '"') return skipString(c);
    ++at_;
  }

  void skipString(char quote) {
    const bool isLong = text_.compare(at_, 3, std::string(3, quote)) == 0;
    const bool keep = keepsStrings_ && !isLong;
    at_ += isLong ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n' && !isLong) return;  // not closed: the line's end closes it
      if (isLong ? text_.compare(at_, 3, std::string(3, quote)) == 0 : c == quote) {
        at_ += isLong ? 3 : 1;
        return;
      }
      const std::size_t width = c == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n' ? 2 : 1;
      for (std::size_t i = 0; i < width && !keep; ++i) {
        if (text_[at_ + i] != '\n') text_[at_ + i] = ' ';
      }
      at_ += width;
    }
  }

  std::string& text_;
  std::size_t at_ = 0;
  bool keepsStrings_ = false;
};

bool isShellCell(std::string_view firstLine) {
  return std::ranges::any_of(std::array<std::string_view, 6>{"%%bash", "%%sh", "%%shell", "%%script", "%%!", "%%system"},
      [&](auto magic) { return firstLine.starts_with(magic); });
}

// Cells of another language, and such as are written into a file: nothing of them is a command of this one.
bool isOtherCell(std::string_view firstLine) {
  return firstLine.starts_with("%%") && !isShellCell(firstLine) && !firstLine.starts_with("%%time") &&
         !firstLine.starts_with("%%capture") && !firstLine.starts_with("%%prun") && !firstLine.starts_with("%%python");
}

// What may be a secret is not shown to anybody: what follows a =, and what stands before an @.
std::string withoutSecrets(std::string text) {
  static const RE2 kValue(R"(([\w-]*(?i:key|token|secret|password|passwd|pass|pwd|wallet|user)[\w-]*\s*[=: ]\s*)[^\s'"]+)");
  static const RE2 kUser(R"(//[^/\s@]+@)");
  static const RE2 kLong(R"([A-Za-z0-9+/_-]{40,})");
  RE2::GlobalReplace(&text, kValue, "\\1…");
  RE2::GlobalReplace(&text, kUser, "//…@");
  RE2::GlobalReplace(&text, kLong, "…");
  return text;
}

// At most `most` bytes of `line` around `at`, cut between characters.
std::string cutAround(std::string_view line, std::size_t at, std::size_t most) {
  if (line.size() <= most) return std::string(line);
  const auto isInside = [&](std::size_t i) { return i < line.size() && (static_cast<unsigned char>(line[i]) & 0xC0U) == 0x80U; };
  auto from = at > most / 4 ? at - most / 4 : 0;
  from = std::min(from, line.size() - most);
  auto to = from + most;
  while (isInside(from)) ++from;
  while (to > from && isInside(to)) --to;
  return std::string(line.substr(from, to - from));
}

}  // namespace

std::string commandsOf(std::string_view cell) {
  std::string text(cell);
  const auto firstLine = trimmed(std::string_view(text).substr(0, text.find('\n')));
  if (isOtherCell(firstLine)) {
    std::ranges::replace_if(text, [](char c) { return c != '\n'; }, ' ');
    return text;
  }
  if (!isShellCell(firstLine)) {
    PythonBlanker(text).blank();
    return text;
  }
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    blankShellComment(text, at, end);
    blankReaders(text, at, end);
    at = end + 1;
  }
  return text;
}

struct Scanner::Compiled {
  RE2::Set set{options(), RE2::UNANCHORED};
  struct One {
    std::string detector;
    std::unique_ptr<RE2> pattern;
  };
  std::vector<One> patterns;
};

Scanner::Scanner(const RuleBook& book) : compiled_(std::make_unique<Compiled>()) {
  for (const auto& detector : book.detectors()) {
    for (const auto pattern : patternsOf(detector.patterns)) {
      std::string error;
      allmende::check(
          compiled_->set.Add(re2::StringPiece(pattern.data(), pattern.size()), &error) >= 0, "a pattern of a book that was checked");
      compiled_->patterns.push_back({detector.id, std::make_unique<RE2>(re2::StringPiece(pattern.data(), pattern.size()), options())});
    }
  }
  allmende::check(compiled_->set.Compile(), "patterns fit into memory");
}

Scanner::Scanner(Scanner&&) noexcept = default;
Scanner& Scanner::operator=(Scanner&&) noexcept = default;
Scanner::~Scanner() = default;

Result<> Scanner::check(const Detector& detector) {
  const auto patterns = patternsOf(detector.patterns);
  if (patterns.empty()) return fail(Code::InvalidInput, "patterns is empty; write one on each line");
  for (const auto pattern : patterns) {
    const RE2 compiled(re2::StringPiece(pattern.data(), pattern.size()), options());
    if (!compiled.ok()) return fail(Code::InvalidInput, "'{}' is no pattern: {}", pattern.substr(0, 100), compiled.error());
    if (RE2::PartialMatch("", compiled)) return fail(Code::InvalidInput, "'{}' is found in everything", pattern.substr(0, 100));
  }
  return {};
}

std::vector<Match> Scanner::scan(std::string_view cell) const {
  std::vector<Match> matches;
  if (compiled_->patterns.empty()) return matches;
  cell = cell.substr(0, kMostBytes);
  const auto text = commandsOf(cell);
  std::vector<int> found;
  if (!compiled_->set.Match(text, &found)) return matches;
  std::ranges::sort(found);
  for (const auto index : found) {
    const auto& one = compiled_->patterns[static_cast<std::size_t>(index)];
    if (std::ranges::find(matches, one.detector, &Match::detector) != matches.end()) continue;
    re2::StringPiece where;
    if (!one.pattern->Match(text, 0, text.size(), RE2::UNANCHORED, &where, 1)) continue;
    const auto at = static_cast<std::size_t>(where.data() - text.data());
    const auto begins = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
    const auto ends = std::min(text.find('\n', at), text.size());
    matches.push_back({.detector = one.detector,
        .line = 1 + std::ranges::count(std::string_view(text).substr(0, at), '\n'),
        .excerpt = cutAround(withoutSecrets(std::string(cell.substr(begins, ends - begins))), at - begins, kLongestExcerpt)});
  }
  return matches;
}

}  // namespace allmende::policy
