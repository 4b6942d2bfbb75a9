// `allmende account create`, `allmende token create`, `allmende link`: through the admin socket.

#include <cstdio>
#include <iostream>

#include "cli/admin_client.h"
#include "cli/verbs.h"

namespace allmende::cli {

Result<> createAccount(Context context, std::string name, bool admin) {
  std::string password;
  if (!std::getline(std::cin, password) || password.empty()) {
    return fail(Code::InvalidInput,
        "no password came on standard input; write: echo 'a password' | allmende account create {} --password-stdin", name);
  }
  TRY(const auto account, askAdmin(context, "/admin/accounts", {{"name", name}, {"admin", admin}, {"password", password}}));
  const auto* id = findString(account, "id");
  std::printf("created %s%s (%s)\n", admin ? "administrator " : "", name.c_str(), id == nullptr ? "" : id->c_str());
  return {};
}

Result<> printAccounts(Context context) {
  TRY(const auto reply, askAdmin(context, "/admin/accounts/list", {}));
  for (const auto& one : reply.at("accounts").as_array()) {
    const auto& account = one.as_object();
    const auto closed = textOf(account, "closed_at");
    std::printf("%-32s %-13s since %s  %s\n", textOf(account, "name").c_str(), account.at("admin") == true ? "administrator" : "",
        textOf(account, "created_at").substr(0, 10).c_str(), closed.empty() ? "" : ("closed " + closed.substr(0, 10)).c_str());
  }
  return {};
}

Result<> changeAccount(Context context, std::string what, std::string name, std::string reason) {
  json::object wish{{"account", name}};
  if (!reason.empty()) wish["reason"] = reason;
  TRY(askAdmin(context, "/admin/accounts/" + what, std::move(wish)));
  return {};
}

Result<> printLinkOf(Context context, std::string name) {
  TRY(const auto reply, askAdmin(context, "/admin/sign-in-links", {{"account", name}}));
  std::printf("%s\n", textOf(reply, "url").c_str());
  return {};
}

Result<> createToken(Context context, std::string account, std::string name, std::vector<std::string> scopes) {
  json::object wish{{"account", account}, {"name", name}};
  if (!scopes.empty()) wish["scopes"] = json::array(scopes.begin(), scopes.end());
  TRY(const auto token, askAdmin(context, "/admin/tokens", std::move(wish)));
  const auto* text = findString(token, "token");
  if (text == nullptr) return fail(Code::Internal, "the server's reply holds no token");
  std::printf("%s\n", text->c_str());
  return {};
}

Result<> printSignInLink(Context context) {
  TRY(const auto reply, askAdmin(context, "/admin/sign-in-links", {}));
  const auto* link = findString(reply, "url");
  if (link == nullptr) return fail(Code::Internal, "the server's reply holds no link");
  std::printf("%s\n", link->c_str());
  return {};
}

}  // namespace allmende::cli
