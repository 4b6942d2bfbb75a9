#pragma once
// What an operator can set: one field list for allmende.toml, ALLMENDE_* variables, flags, --help and docs/reference/settings.md.

#include <map>
#include <string>
#include <vector>

#include "lib/config/config.h"
#include "lib/link/link.h"
#include "server/quota/quota.h"

namespace allmende {

struct ServerSettings {
  std::string data = "/var/lib/allmende";
  std::string host = "127.0.0.1";
  std::int64_t port = 8080;
  std::string baseUrl = "/";
  std::string publicUrl;
  std::string tlsCertificate;
  std::string tlsKey;
  std::vector<std::string> hosts;
  std::string previewHost;
  std::vector<std::string> allowedOrigins;
  std::vector<std::string> trustedProxies;
  std::string database;
  std::string nodeSocket;
  std::string python;
  std::string web;
  config::ByteSize runtimeMemory{link::Limits{}.memoryBytes};
  double runtimeCpus = link::Limits{}.cpus;
  config::ByteSize runtimeDisk{link::Limits{}.diskBytes};
  config::ByteSize drive{std::int64_t{10} << 30};
  std::int64_t runtimeProcesses = link::Limits{}.pids;
  Duration runtimeLifetime = std::chrono::seconds{link::Limits{}.lifetimeSeconds};
  Duration runtimeIdle = 90min;
  std::string runtimeNetwork{link::kEgress};
  config::ByteSize runtimeUpload{std::int64_t{3} << 20};
  config::ByteSize runtimeDownload{std::int64_t{25} << 20};
  config::ByteSize runtimesMemory;
  std::int64_t runtimesReady = 1;
  std::string tiers;
  std::string rules;
  config::ByteSize largestOutput{std::int64_t{64} << 10};
  Duration trashLifetime = std::chrono::hours{30 * 24};
  std::string webhookSecret;
  bool accountEvidence = false;
  bool metricsForLoopback = false;
  std::string logLevel = "info";
  bool adminOnly = false;
  bool standBy = false;
  std::string forwardHost = "127.0.0.1";
};

constexpr auto fieldsOf(Type<ServerSettings>) {
  using S = ServerSettings;
  return record("server", field("data", &S::data, "Directory of everything that is kept; allmende.toml lies in it."),
      field("host", &S::host, "Address to listen on; 0.0.0.0 or :: for every address of the machine."),
      field("port", &S::port, "Port to listen on; 0 = any free one."),
      field("base_url", &S::baseUrl, "Path at which the installation begins, for a reverse proxy that serves others beside it."),
      field("public_url", &S::publicUrl, "What people open, for links; empty = made from host, port and base_url."),
      field("tls_certificate", &S::tlsCertificate, "PEM file with the certificate and its chain; empty = no TLS."),
      field("tls_key", &S::tlsKey, "PEM file with the certificate's private key."),
      field("hosts", &S::hosts, "Names people may call the server by, beside addresses, localhost and that of public_url; * = any."),
      field("preview_host", &S::previewHost,
          "Name below which web apps of runtimes are shown, each at one of its own; needs a wildcard entry in the DNS, and in the "
          "certificate where there is TLS. Empty = below localhost, on this machine alone."),
      field("allowed_origins", &S::allowedOrigins, "Other sites whose pages may call the API, such as https://docs.example.org."),
      field(
          "trusted_proxies", &S::trustedProxies, "Addresses of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."),
      field("database", &S::database, "sqlite:/path/to/file.db or postgresql://user@host/name; empty = allmende.db in the data directory."),
      field("node_socket", &S::nodeSocket, "Where allmende-node listens; empty = node.sock in the data directory."),
      field("python", &S::python, "Python environment of the runtimes, the same path inside and outside; empty = where it was installed."),
      field("web", &S::web, "Folder of the built page; empty = where it was installed beside the programs."),
      field("runtime_memory", &S::runtimeMemory, "Most memory of one runtime, where its tier does not say; so for the next five."),
      field("runtime_cpus", &S::runtimeCpus, "Processors of one runtime; parts of one are allowed."),
      field("runtime_disk", &S::runtimeDisk, "Size of one runtime's disk."),
      field("drive", &S::drive, "Most bytes of one account's files, which its runtime sees in /content/drive/MyDrive; 0 = no limit."),
      field("runtime_processes", &S::runtimeProcesses, "Most processes and threads of one runtime."),
      field("runtime_lifetime", &S::runtimeLifetime, "A runtime is stopped after this time."),
      field("runtime_idle", &S::runtimeIdle, "A runtime in which nothing runs is stopped after this time; 0s = never."),
      field("runtime_network", &S::runtimeNetwork,
          "none, or egress: the public internet, but nothing of this machine and no private network; allow-list only in tiers.toml."),
      field("runtime_upload", &S::runtimeUpload, "Most bytes a second that one runtime sends; 0 = no limit."),
      field("runtime_download", &S::runtimeDownload, "Most bytes a second that one runtime receives; 0 = no limit."),
      field("runtimes_memory", &S::runtimesMemory,
          "Memory that is promised to all runtimes together; who comes when it is given away waits in the queue. 0 = twice what the "
          "machine "
          "has, as most runtimes use little of theirs."),
      field("runtimes_ready", &S::runtimesReady,
          "How many runtimes wait with a kernel for whoever comes next, of the kind that was started last; each takes some 80 MB."),
      field("tiers", &S::tiers, "File of the tiers; empty = tiers.toml in the data directory, else the one that was installed."),
      field("rules", &S::rules, "Folder of the rules; empty = rules in the data directory, else the one that was installed."),
      field("largest_output", &S::largestOutput,
          "Most bytes of one part of an output, such as a picture, that a live notebook holds; larger ones lie beside it and are loaded "
          "when "
          "they are seen. 0 = it holds all."),
      field("trash_lifetime", &S::trashLifetime, "What was deleted can be brought back for this time."),
      field("webhook_secret", &S::webhookSecret,
          "What a service that takes payments signs with when it has accounts given tiers: whsec_ and 24 to 64 bytes in base64, see "
          "docs/operate/tiers.md. Empty = no such service."),
      field("account_evidence", &S::accountEvidence,
          "Whether browsers that several accounts sign in by are recognised, by a cookie that is kept for 14 days: evidence for the rule "
          "on "
          "several accounts."),
      field("metrics_for_loopback", &S::metricsForLoopback, "Whether programs on this machine may read /metrics without a token."),
      field("log_level", &S::logLevel, "The least that is logged: debug, info, warning or error."),
      field(
          "admin_only", &S::adminOnly, "Serve the operator's socket alone, for `allmende account create` and the like while nothing runs."),
      field("stand_by", &S::standBy,
          "Whether this server waits while another one serves the same database, forwards to it, and takes over when it ends. For both."),
      field("forward_host", &S::forwardHost, "Address of this machine at which servers that stand by reach this one."));
}

// Settings from the defaults, allmende.toml in the data directory, `environment` and `arguments`, the later ones winning; checked, and with
// paths made absolute. Fails with InvalidInput naming file and line, variable, or flag.
Result<ServerSettings> loadSettings(std::map<std::string, std::string> environment, std::vector<std::string> arguments);

// The page docs/reference/settings.md.
std::string settingsPage();

// What empty settings stand for.
std::string databaseUrlOf(const ServerSettings& settings);
std::string nodeSocketOf(const ServerSettings& settings);
std::string adminSocketOf(const ServerSettings& settings);
// `programs` is the directory that the running program lies in.
std::string webFolderOf(const ServerSettings& settings, const std::filesystem::path& programs);
std::string pythonOf(const ServerSettings& settings, const std::filesystem::path& programs);
// What people open when the server listens on `port`, with a slash at its end.
std::string urlOf(const ServerSettings& settings, std::uint16_t port);
// The host of public_url, which is a name of ours too, behind those of `hosts`.
std::vector<std::string> hostsOf(const ServerSettings& settings);
// Of a tier that says nothing else.
quota::Tier tierDefaultsOf(const ServerSettings& settings);
// The file that the tiers are read from; empty when there is none.
std::string tiersFileOf(const ServerSettings& settings, const std::filesystem::path& programs);
// The folder that the rules are read from; empty when there is none.
std::string rulesFolderOf(const ServerSettings& settings, const std::filesystem::path& programs);
// Bytes that may be promised to all runtimes together.
std::int64_t runtimesMemoryOf(const ServerSettings& settings);

}  // namespace allmende
