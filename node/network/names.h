#pragma once
// DNS messages as far as the relay has to understand them (RFC 1035). What it does not, it hands on as it is. Behind the door of
// node/network.

#include <string>
#include <string_view>
#include <vector>

#include "node/network/gateway.h"

namespace allmende::network {

inline constexpr std::size_t kMostMessage = 4096;

struct Question {
  std::string name;  // lower case, without a dot at its end; "" is the root
  int type = 0;      // 1 = A, 28 = AAAA
};

// What a message asks. Fails with InvalidInput when it is no question, or none for exactly one name.
Result<Question> readQuestion(std::string_view message);

// Whether `answer` is one to the message `question`: the same number and the same words asked.
bool answersTo(std::string_view answer, std::string_view question);

// The IPv4 addresses that an answer tells; none of one that cannot be read.
std::vector<Address> addressesIn(std::string_view answer);

enum class Refusal : unsigned char { Failed = 2, NoSuchName = 3 };
// The answer to a message that readQuestion() took.
std::string refuse(std::string_view question, Refusal why);

// The servers that a resolv.conf names, at most three; this machine itself when it names none.
std::vector<std::string> serversIn(std::string_view resolvConf);

}  // namespace allmende::network
