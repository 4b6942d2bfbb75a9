// `allmende notebook history`, `diff`, `restore`: through the admin socket.

#include <cstdio>
#include <fstream>

#include "cli/admin_client.h"
#include "cli/children.h"
#include "cli/verbs.h"

namespace allmende::cli {
namespace {

namespace fs = std::filesystem;

json::object wishFor(const NotebookPlace& place, std::string_view revision = "") {
  return {{"account", place.account}, {"path", place.path}, {"revision", revision}};
}

// "2 edited, 1 added"
std::string changesOf(const json::object& revision) {
  std::string words;
  const auto* changes = revision.if_contains("changes");
  if (changes == nullptr || !changes->is_object()) return words;
  for (const auto* what : {"added", "removed", "edited", "ran"}) {
    const auto* count = changes->get_object().if_contains(what);
    const auto number = count == nullptr || !count->is_int64() ? 0 : count->get_int64();
    if (number > 0) words += fmt::format("{}{} {}", words.empty() ? "" : ", ", number, what);
  }
  return words;
}

std::string lineEnd(std::string_view text) { return text.empty() || text.ends_with('\n') ? std::string(text) : fmt::format("{}\n", text); }

// What a person reads of an output: its text, or of what kind it is.
std::string outputText(const json::object& output) {
  if (const auto* text = findString(output, "text")) return lineEnd(*text);
  if (const auto* name = findString(output, "ename")) return fmt::format("{}: {}\n", std::string_view(*name), textOf(output, "evalue"));
  const auto* data = output.if_contains("data");
  if (data == nullptr || !data->is_object()) return "\n";
  if (const auto* plain = findString(data->get_object(), "text/plain")) return lineEnd(*plain);
  std::string kinds;
  for (const auto& [kind, value] : data->get_object()) kinds += fmt::format("[{}]\n", std::string_view(kind));
  return kinds;
}

// The notebook as lines: one block a cell.
std::string linesOf(const json::object& notebook) {
  std::string lines;
  for (const auto& one : notebook.at("cells").as_array()) {
    const auto& cell = one.as_object();
    lines += fmt::format("==== {} {} ====\n{}", textOf(cell, "cell_type"), textOf(cell, "id"), lineEnd(textOf(cell, "source")));
    const auto* outputs = cell.if_contains("outputs");
    if (outputs == nullptr || !outputs->is_array() || outputs->get_array().empty()) continue;
    lines += "---- output ----\n";
    for (const auto& output : outputs->get_array()) lines += outputText(output.as_object());
  }
  return lines;
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    auto name = (fs::temp_directory_path() / "allmende-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

Result<> printHistory(Context context, NotebookPlace place) {
  TRY(const auto reply, askRunning(context, "/admin/notebooks/history", wishFor(place)));
  const auto& revisions = reply.at("revisions").as_array();
  if (revisions.empty()) std::puts("There is no earlier version yet.");
  for (auto at = revisions.rbegin(); at != revisions.rend(); ++at) {
    const auto& revision = at->as_object();
    const auto name = textOf(revision, "name");
    std::printf("%s  %s  %s%s%s\n", textOf(revision, "id").c_str(), textOf(revision, "made_at").substr(0, 19).c_str(),
        name.empty() ? textOf(revision, "reason").c_str() : fmt::format("\"{}\"", name).c_str(),
        changesOf(revision).empty() ? "" : fmt::format("  {}", changesOf(revision)).c_str(),
        textOf(revision, "authors").empty() ? "" : fmt::format("  by {}", textOf(revision, "authors")).c_str());
  }
  return {};
}

Result<> printDifference(Context context, NotebookPlace place, std::string before, std::string after) {
  const TemporaryFolder folder;
  if (folder.path().empty()) return fail(Code::DiskFull, "no temporary folder can be made in {}", fs::temp_directory_path().string());
  std::vector<std::string> arguments{"-u"};
  std::vector<std::string> files;
  for (const auto& revision : {before, after}) {
    TRY(const auto notebook, askRunning(context, "/admin/notebooks/read", wishFor(place, revision)));
    const auto file = folder.path() / fmt::format("{}", files.size());
    std::ofstream(file) << linesOf(notebook);
    arguments.insert(arguments.end(), {"--label", fmt::format("{} {}", place.path, revision.empty() ? "now" : revision)});
    files.push_back(file.string());
  }
  arguments.insert(arguments.end(), files.begin(), files.end());
  TRY(auto diff, Child::start({.program = "/usr/bin/diff", .arguments = std::move(arguments), .user = "", .readOutput = true}));
  for (auto line = diff.readLine(60s); line; line = diff.readLine(60s)) std::puts(line->c_str());
  return {};
}

Result<> restoreNotebook(Context context, NotebookPlace place, std::string revision, std::string cell) {
  auto wish = wishFor(place, revision);
  if (!cell.empty()) wish["cell"] = cell;
  TRY(askRunning(context, "/admin/notebooks/restore", std::move(wish)));
  std::printf("%s of %s is as it was; what it was before is kept as a version\n", cell.empty() ? "all" : cell.c_str(), place.path.c_str());
  return {};
}

}  // namespace allmende::cli
