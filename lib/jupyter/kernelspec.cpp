#include "lib/jupyter/kernelspec.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace allmende::jupyter {
namespace {

constexpr std::uintmax_t kLargestSpec = 1U << 20U;

bool validName(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

std::string textOr(const json::object& object, std::string_view name, std::string otherwise) {
  const auto* text = findString(object, name);
  return text == nullptr ? std::move(otherwise) : std::string(*text);
}

void readResources(Kernelspec& spec) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(spec.directory, error)) {
    const auto file = entry.path().filename().string();
    const bool wanted = file.starts_with("logo-") || file == "kernel.js" || file == "kernel.css";
    if (wanted && entry.is_regular_file(error)) spec.resources[entry.path().stem().string()] = file;
  }
}

}  // namespace

json::object Kernelspec::model(std::string_view baseUrl) const {
  json::object links;
  for (const auto& [title, file] : resources) {
    links[file.starts_with("kernel.") ? file : title] = fmt::format("{}kernelspecs/{}/{}", baseUrl, name, file);
  }
  return {{"name", name}, {"spec", spec}, {"resources", links}};
}

Result<Kernelspec> readKernelspec(const std::filesystem::path& directory) {
  const auto file = directory / "kernel.json";
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  if (error) return fail(Code::NotFound, "{} does not exist", file.string());
  if (size > kLargestSpec) return fail(Code::InvalidInput, "{} is larger than a kernelspec can be", file.string());
  std::ifstream stream(file);
  std::stringstream text;
  text << stream.rdbuf();
  TRY(auto object, during(file.string(), parseJsonObject(text.str())));
  Kernelspec spec;
  spec.name = directory.filename().string();
  std::ranges::transform(spec.name, spec.name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  spec.directory = directory;
  if (!validName(spec.name))
    return fail(Code::InvalidInput, "'{}' is no name for a kernelspec; letters, digits, '.', '_' and '-' are", spec.name);
  const auto* argv = object.if_contains("argv");
  if (argv == nullptr) return fail(Code::InvalidInput, "{} has no argv", file.string());
  TRY(during(file.string(), fromJson(*argv, spec.argv, "argv")));
  if (spec.argv.empty()) return fail(Code::InvalidInput, "{}: argv is empty", file.string());
  if (const auto* environment = object.if_contains("env")) TRY(during(file.string(), fromJson(*environment, spec.environment, "env")));
  spec.displayName = textOr(object, "display_name", spec.name);
  spec.language = textOr(object, "language", "");
  spec.interruptByMessage = textOr(object, "interrupt_mode", "signal") == "message";
  for (const auto& [name, value] :
      {std::pair<const char*, json::value>{"env", json::object{}}, {"display_name", json::string(spec.displayName)},
          {"language", json::string(spec.language)}, {"interrupt_mode", "signal"}, {"metadata", json::object{}}}) {
    if (!object.contains(name)) object[name] = value;
  }
  spec.spec = std::move(object);
  readResources(spec);
  return spec;
}

std::map<std::string, Kernelspec> listKernelspecs(const std::filesystem::path& directory, std::vector<std::string>* faults) {
  std::map<std::string, Kernelspec> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (!entry.is_directory(error)) continue;
    auto spec = readKernelspec(entry.path());
    if (spec) {
      const auto name = spec->name;
      found.emplace(name, *std::move(spec));
    } else if (faults != nullptr) {
      faults->push_back(spec.error().message);
    }
  }
  return found;
}

}  // namespace allmende::jupyter
