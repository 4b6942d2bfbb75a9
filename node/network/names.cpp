#include "node/network/names.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>

#include <algorithm>
#include <sstream>

namespace allmende::network {
namespace {

constexpr std::size_t kHeader = 12;
constexpr std::size_t kMostServers = 3;

const unsigned char* bytesOf(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

bool parse(std::string_view message, ns_msg& parsed) {
  return message.size() >= kHeader && message.size() <= 65535 &&
         ::ns_initparse(bytesOf(message), static_cast<int>(message.size()), &parsed) == 0;
}

std::string lowered(std::string_view name) {
  std::string text(name);
  while (text.ends_with('.')) text.pop_back();
  std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

// How many bytes header and question take, which refusals repeat; 0 when they cannot be told.
std::size_t endOfQuestion(std::string_view message) {
  auto at = kHeader;
  while (at < message.size()) {
    const auto length = static_cast<unsigned char>(message[at]);
    if (length > 63) return 0;  // no pointers in a question
    at += 1U + length;
    if (length == 0) return at + 4 <= message.size() ? at + 4 : 0;
  }
  return 0;
}

}  // namespace

Result<Question> readQuestion(std::string_view message) {
  ns_msg parsed{};
  ns_rr asked{};
  if (!parse(message, parsed) || ns_msg_getflag(parsed, ns_f_qr) != 0 || ns_msg_getflag(parsed, ns_f_opcode) != ns_o_query ||
      ns_msg_count(parsed, ns_s_qd) != 1 || endOfQuestion(message) == 0 || ::ns_parserr(&parsed, ns_s_qd, 0, &asked) != 0)
    return fail(Code::InvalidInput, "this is no question for a name");
  return Question{.name = lowered(ns_rr_name(asked)), .type = ns_rr_type(asked)};
}

bool answersTo(std::string_view answer, std::string_view question) {
  ns_msg told{};
  ns_msg asked{};
  ns_rr toldName{};
  ns_rr askedName{};
  if (!parse(answer, told) || !parse(question, asked) || ns_msg_id(told) != ns_msg_id(asked) || ns_msg_getflag(told, ns_f_qr) != 1)
    return false;
  if (ns_msg_count(told, ns_s_qd) == 0) return ns_msg_getflag(told, ns_f_rcode) != ns_r_noerror;  // some servers refuse without it
  return ::ns_parserr(&told, ns_s_qd, 0, &toldName) == 0 && ::ns_parserr(&asked, ns_s_qd, 0, &askedName) == 0 &&
         ns_rr_type(toldName) == ns_rr_type(askedName) && lowered(ns_rr_name(toldName)) == lowered(ns_rr_name(askedName));
}

std::vector<Address> addressesIn(std::string_view answer) {
  std::vector<Address> addresses;
  ns_msg parsed{};
  if (!parse(answer, parsed)) return addresses;
  for (int number = 0; number < ns_msg_count(parsed, ns_s_an); ++number) {
    ns_rr record{};
    if (::ns_parserr(&parsed, ns_s_an, number, &record) != 0) break;
    if (ns_rr_type(record) != ns_t_a || ns_rr_class(record) != ns_c_in || ns_rr_rdlen(record) != 4) continue;
    addresses.push_back(static_cast<Address>(ns_get32(ns_rr_rdata(record))));
  }
  return addresses;
}

std::string refuse(std::string_view question, Refusal why) {
  std::string answer(question.substr(0, endOfQuestion(question)));
  answer[2] = static_cast<char>(0x80 | (answer[2] & 0x01));  // an answer; recursion was wanted as it was
  answer[3] = static_cast<char>(0x80 | static_cast<unsigned char>(why));
  answer.replace(4, 8, std::string("\0\1\0\0\0\0\0\0", 8));  // one question, no records
  return answer;
}

std::vector<std::string> serversIn(std::string_view resolvConf) {
  std::vector<std::string> servers;
  std::istringstream lines{std::string(resolvConf)};
  for (std::string line; std::getline(lines, line) && servers.size() < kMostServers;) {
    std::istringstream words(line);
    std::string word;
    std::string server;
    if (!(words >> word >> server) || word != "nameserver") continue;
    unsigned char bytes[16];
    if (::inet_pton(AF_INET, server.c_str(), bytes) == 1 || ::inet_pton(AF_INET6, server.c_str(), bytes) == 1) servers.push_back(server);
  }
  if (servers.empty()) servers.emplace_back("127.0.0.1");
  return servers;
}

}  // namespace allmende::network
