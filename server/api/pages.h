#pragma once
// The pages of the built bundle, filled with who is here, and its files. Behind the door of server/api.

#include "server/api/call.h"
#include "server/api/web_bundle.h"
#include "server/previews/previews.h"

namespace allmende::api {

class Pages {
 public:
  Pages(accounts::Accounts& accounts, const previews::Previews& previews, const std::filesystem::path& web, std::string baseUrl)
      : accounts_(accounts), previews_(previews), bundle_(web), baseUrl_(std::move(baseUrl)) {}

  Task<net::Response> home(Call call);
  Task<net::Response> notebook(Call call);
  Task<net::Response> shared(Call call);
  Task<net::Response> frame(Call call);
  Task<net::Response> asset(Call call);
  Task<net::Response> icon(Call call);

 private:
  Task<net::Response> filled(Call call, std::string page);
  std::string fill(std::string_view page, std::string_view config) const;
  Task<std::string> configOf(Call call);

  accounts::Accounts& accounts_;
  const previews::Previews& previews_;
  WebBundle bundle_;
  std::string baseUrl_;
};

}  // namespace allmende::api
