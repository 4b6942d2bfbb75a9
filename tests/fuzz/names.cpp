// DNS messages that runtimes and name servers send to the node's relay.

#include "node/network/names.h"
#include "tests/fuzz/fuzz.h"

namespace allmende::fuzz {

void attempt(std::string_view input) {
  claim(!network::serversIn(input).empty() && network::serversIn(input).size() <= 3, "there is always a server to ask");
  claim(network::addressesIn(input).size() <= input.size() / 4, "no address is told that is not there");
  const auto question = network::readQuestion(input);
  if (!question) return claim(!question.error().message.empty(), "what is no question is refused with a sentence");
  const auto refused = network::refuse(input, network::Refusal::NoSuchName);
  claim(refused.size() <= input.size(), "a refusal is no longer than what was asked");
  claim(network::answersTo(refused, input), "a refusal answers its question");
  claim(!network::answersTo(input, input), "a question answers nothing");
}

}  // namespace allmende::fuzz
