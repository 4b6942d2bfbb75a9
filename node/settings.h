#pragma once
// What the launcher tells the node.

#include <string>

#include "lib/config/config.h"

namespace allmende::node {

struct NodeSettings {
  std::string data = "/var/lib/allmende";
  std::string socket;
  std::string serverUser;
  std::string agent;
  std::string sampleData;
  std::string crun = "crun";
};

constexpr auto fieldsOf(Type<NodeSettings>) {
  using S = NodeSettings;
  return record("node", field("data", &S::data, "Directory of everything that is kept; the node's part is runtimes/ in it."),
      field("socket", &S::socket, "Unix socket for the server's link; empty = node.sock in the data directory."),
      field("server_user", &S::serverUser, "System user that the server runs as; it alone may open the sockets. Empty = root."),
      field("agent", &S::agent, "Program that is PID 1 of every runtime; empty = allmende-agent beside this program."),
      field("sample_data", &S::sampleData, "Folder that every runtime begins with; empty = share/sample_data where it was installed."),
      field("crun", &S::crun, "OCI runtime: a program name, or a path."));
}

}  // namespace allmende::node
