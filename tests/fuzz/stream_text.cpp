// Content of stream messages, which the journal cuts and joins without unescaping it. The first byte says how long a piece may be.

#include "agent/kernels/stream_text.h"

#include "lib/base/json.h"
#include "tests/fuzz/fuzz.h"

namespace allmende::fuzz {

void attempt(std::string_view input) {
  const std::size_t most = 1 + takeChoice(input);
  const auto content = parseJson(input);
  const auto stream = kernels::findStreamText(input);
  if (!content || !stream) return;
  std::string joined;
  for (auto rest = stream->text; !rest.empty();) {
    const auto cut = kernels::cutOf(rest, most);
    claim(cut > 0 && cut <= rest.size(), "each piece takes something");
    claim(cut <= std::max<std::size_t>(most, 12), "a piece is as short as it can be");
    const auto piece = parseJson(kernels::streamContent({stream->name, rest.substr(0, cut)}));
    claim(piece.has_value(), "each piece is JSON");
    joined.append(std::string_view(piece->at("text").as_string()));
    rest.remove_prefix(cut);
  }
  const auto whole = parseJson(kernels::streamContent(*stream));
  claim(whole == *content, "a stream's content survives the round trip");
  claim(joined == content->at("text").as_string(), "the pieces are the text");
}

}  // namespace allmende::fuzz
