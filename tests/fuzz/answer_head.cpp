// How a web app's answer begins.

#include "server/previews/http_heads.h"
#include "tests/fuzz/fuzz.h"

namespace allmende::fuzz {

void attempt(std::string_view input) {
  const previews::Meeting meeting{.host = "app-1.localhost:8080", .origin = "http://app-1.localhost:8080", .secure = false, .port = 80};
  std::string bytes(input);
  const auto head = previews::takeAnswerHead(bytes, meeting);
  if (!head || !*head) {
    claim(bytes == input, "what is no head is left as it was");
    return;
  }
  const auto& text = (*head)->text;
  claim((*head)->status >= 100 && (*head)->status <= 999, "a status has three digits");
  claim(bytes.size() < input.size() && input.ends_with(bytes), "what follows the head is left");
  claim(text.starts_with("HTTP/1.1 ") && text.find("\r\n\r\n") == text.size() - 4, "a head ends once");
  claim(!text.contains('\0'), "a head is text");
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
    claim(text[at - 1] == '\r', "lines end as lines do");
}

}  // namespace allmende::fuzz
