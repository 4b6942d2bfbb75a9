#include "server/settings.h"

#include <unistd.h>

#include <algorithm>

#include "server/api/api.h"

namespace allmende {
namespace {

namespace fs = std::filesystem;

// "lab" → "/lab/". Only what needs no escaping in a URL.
Result<> putBaseUrl(std::string& url) {
  if (!url.starts_with('/')) url.insert(0, "/");
  if (!url.ends_with('/')) url += '/';
  const bool plain = std::ranges::all_of(url, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("/-_.~").contains(c);
  });
  if (!plain || url.contains("//") || url.contains("/."))
    return fail(Code::InvalidInput, "base_url: '{}' is no path of plain segments; write for instance /notebooks/", url);
  return {};
}

Result<> putPublicUrl(std::string& url) {
  if (url.empty()) return {};
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    return fail(Code::InvalidInput, "public_url: '{}' begins with neither http:// nor https://", url);
  if (!url.ends_with('/')) url += '/';
  return {};
}

// A host name of at least one label, without a port.
Result<> putPreviewHost(std::string& name) {
  std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const auto isPart = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  if (std::ranges::all_of(name, isPart) && !name.starts_with('.') && !name.ends_with('.') && !name.contains("..")) return {};
  return fail(Code::InvalidInput, "preview_host: '{}' is no host name; write for instance apps.example.org", name);
}

Result<> checkWebhookSecret(const std::string& secret) {
  if (secret.empty()) return {};
  auto read = api::readWebhookSecret(secret);
  return during("webhook_secret", read ? Result<>() : std::unexpected(std::move(read).error()));
}

Result<> checkTls(const ServerSettings& settings) {
  if (settings.tlsCertificate.empty() == settings.tlsKey.empty()) return {};
  return fail(Code::InvalidInput, "tls_certificate and tls_key go together: set both or none");
}

Result<> checkRuntime(const ServerSettings& settings) {
  const auto positive = [](std::string_view name, double value) -> Result<> {
    if (value > 0) return {};
    return fail(Code::InvalidInput, "{} must be more than 0", name);
  };
  TRY(positive("runtime_memory", static_cast<double>(settings.runtimeMemory.bytes)));
  TRY(positive("runtime_cpus", settings.runtimeCpus));
  TRY(positive("runtime_disk", static_cast<double>(settings.runtimeDisk.bytes)));
  TRY(positive("runtime_processes", static_cast<double>(settings.runtimeProcesses)));
  if (settings.runtimeNetwork != link::kNoNetwork && settings.runtimeNetwork != link::kEgress)
    return fail(
        Code::InvalidInput, "runtime_network is '{}'; allowed are {} and {}", settings.runtimeNetwork, link::kNoNetwork, link::kEgress);
  TRY(positive("runtime_lifetime", static_cast<double>(settings.runtimeLifetime.count())));
  if (settings.runtimesReady < 0 || settings.runtimesReady > 16)
    return fail(Code::InvalidInput, "runtimes_ready is {}; allowed are 0 to 16", settings.runtimesReady);
  if (settings.runtimeIdle < 0ms) return fail(Code::InvalidInput, "runtime_idle must be 0s or more");
  return positive("trash_lifetime", static_cast<double>(settings.trashLifetime.count()));
}

Result<> finish(ServerSettings& settings) {
  settings.data = fs::absolute(settings.data).lexically_normal().string();
  if (settings.port < 0 || settings.port > 65535) return fail(Code::InvalidInput, "port: {} is not within 0 and 65535", settings.port);
  constexpr std::array kLevels{"debug", "info", "warning", "error"};
  if (std::ranges::find(kLevels, settings.logLevel) == kLevels.end())
    return fail(Code::InvalidInput, "log_level: '{}' is none of {}", settings.logLevel, fmt::join(kLevels, ", "));
  TRY(putBaseUrl(settings.baseUrl));
  TRY(putPublicUrl(settings.publicUrl));
  TRY(putPreviewHost(settings.previewHost));
  TRY(checkTls(settings));
  TRY(checkWebhookSecret(settings.webhookSecret));
  return checkRuntime(settings);
}

std::string orElse(const std::string& value, const ServerSettings& settings, std::string_view prefix, std::string_view name) {
  return value.empty() ? fmt::format("{}{}/{}", prefix, settings.data, name) : value;
}

// What stands in tiers.toml.
std::string tiersPage() {
  auto tier = tierDefaultsOf({});
  std::string page =
      "\n## Tiers\n\nThe file that `tiers` names has a table `[tier.NAME]` for each tier; everybody has `[tier.free]` until "
      "`allmende tier grant` gives\nanother. What a tier leaves out is as the settings above say. `allmende tier read` reads a changed "
      "file: "
      "idle time and units hold for what\nruns within minutes, the other limits when a runtime is started anew.\n\n"
      "| key | kind | default | meaning |\n|---|---|---|---|\n";
  for (const auto& slot : config::slotsOf(tier))
    page += fmt::format(
        "| `{}` | {} | {} | {} |\n", slot.name, slot.kind, slot.initial.empty() ? "" : fmt::format("`{}`", slot.initial), slot.says);
  return page;
}

}  // namespace

Result<ServerSettings> loadSettings(std::map<std::string, std::string> environment, std::vector<std::string> arguments) {
  config::Sources sources{.file = {}, .environment = std::move(environment), .arguments = std::move(arguments)};
  ServerSettings first;  // where the file lies is known before it is read
  TRY(const auto rest, config::load(first, sources));
  if (!rest.empty()) return fail(Code::InvalidInput, "unknown argument '{}'; settings are written --name VALUE", rest.front());
  sources.file = fs::path(first.data) / "allmende.toml";
  ServerSettings settings;
  TRY(config::load(settings, sources));
  if (settings.data != first.data)
    return fail(
        Code::InvalidInput, "{}: data cannot be set here, the file lies in it; use --data or ALLMENDE_DATA", sources.file->string());
  TRY(finish(settings));
  return settings;
}

std::string settingsPage() {
  ServerSettings settings;
  const auto table = config::referencePage("Settings of the server", config::slotsOf(settings));
  const auto title = table.find('\n');
  return table.substr(0, title + 1) +
         "\nA flag wins over an environment variable, that over `allmende.toml` in the data directory, and that over the default.\n"
         "`./run` and `allmende serve` hand flags on. Sizes are written `512 MB` or `2 GB`, durations `90s`, `15m`, `12h` or `7d`, lists "
         "with\n"
         "commas, or as an array in the file. An unknown name is an error that says where it stands.\n" +
         table.substr(title + 1) + tiersPage();
}

std::string databaseUrlOf(const ServerSettings& settings) { return orElse(settings.database, settings, "sqlite:", "allmende.db"); }
std::string nodeSocketOf(const ServerSettings& settings) { return orElse(settings.nodeSocket, settings, "", "node.sock"); }
std::string adminSocketOf(const ServerSettings& settings) { return settings.data + "/admin.sock"; }

std::string webFolderOf(const ServerSettings& settings, const fs::path& programs) {
  if (!settings.web.empty()) return settings.web;
  const auto installed = programs.parent_path() / "share/web";
  const auto ofCheckout = programs.parent_path().parent_path() / "web/dist";  // programs in build/PRESET
  std::error_code error;
  return !fs::exists(installed, error) && fs::exists(ofCheckout, error) ? ofCheckout : installed;
}

std::string pythonOf(const ServerSettings& settings, const fs::path& programs) {
  if (!settings.python.empty()) return settings.python;
  const auto installed = programs.parent_path() / "python";
  std::error_code error;
  return fs::exists(installed, error) ? installed : "/opt/allmende/python";
}

std::string urlOf(const ServerSettings& settings, std::uint16_t port) {
  if (!settings.publicUrl.empty()) return settings.publicUrl;
  auto host = settings.host;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  if (host.contains(':')) host = fmt::format("[{}]", host);
  return fmt::format("{}://{}:{}{}", settings.tlsCertificate.empty() ? "http" : "https", host, port, settings.baseUrl);
}

std::vector<std::string> hostsOf(const ServerSettings& settings) {
  auto hosts = settings.hosts;
  if (const auto scheme = settings.publicUrl.find("://"); scheme != std::string::npos) {
    auto host = settings.publicUrl.substr(scheme + 3);
    hosts.push_back(host.substr(0, host.find_first_of(":/")));
  }
  for (auto& host : hosts)
    std::ranges::transform(host, host.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return hosts;
}

quota::Tier tierDefaultsOf(const ServerSettings& settings) {
  quota::Tier tier;
  tier.memory = settings.runtimeMemory;
  tier.cpus = settings.runtimeCpus;
  tier.disk = settings.runtimeDisk;
  tier.drive = settings.drive;
  tier.processes = settings.runtimeProcesses;
  tier.lifetime = settings.runtimeLifetime;
  tier.idle = settings.runtimeIdle;
  tier.network = settings.runtimeNetwork;
  tier.upload = settings.runtimeUpload;
  tier.download = settings.runtimeDownload;
  if (tier.idle > 0ms) tier.idleWhenNeeded = std::min(tier.idleWhenNeeded, tier.idle);
  return tier;
}

std::string tiersFileOf(const ServerSettings& settings, const fs::path& programs) {
  if (!settings.tiers.empty()) return settings.tiers;
  std::error_code error;
  // The operator's own, the installed one, that of a checkout (programs in build/PRESET).
  for (const auto& file : {fs::path(settings.data) / "tiers.toml", programs.parent_path() / "share/policies/tiers.toml",
           programs.parent_path().parent_path() / "policies/tiers.toml"}) {
    if (fs::exists(file, error)) return file;
  }
  return {};
}

std::string rulesFolderOf(const ServerSettings& settings, const fs::path& programs) {
  if (!settings.rules.empty()) return settings.rules;
  std::error_code error;
  for (const auto& folder : {fs::path(settings.data) / "rules", programs.parent_path() / "share/policies/rules",
           programs.parent_path().parent_path() / "policies/rules"}) {
    if (fs::is_directory(folder, error)) return folder;
  }
  return {};
}

std::int64_t runtimesMemoryOf(const ServerSettings& settings) {
  if (settings.runtimesMemory.bytes > 0) return settings.runtimesMemory.bytes;
  const auto pages = ::sysconf(_SC_PHYS_PAGES);
  return static_cast<std::int64_t>(pages) * ::sysconf(_SC_PAGESIZE) * 2;
}

}  // namespace allmende
