#include "server/api/route_table.h"

namespace allmende::api {
namespace {

constexpr std::array kMethods{net::Method::Get, net::Method::Post, net::Method::Put, net::Method::Patch, net::Method::Delete};

std::size_t placeOf(net::Method method) {
  const auto found = std::ranges::find(kMethods, method == net::Method::Head ? net::Method::Get : method);
  return static_cast<std::size_t>(found - kMethods.begin());
}

// Empty segments do not count: "/api//status/" is "/api/status".
std::vector<std::string_view> segmentsOf(std::string_view path) {
  std::vector<std::string_view> segments;
  segments.reserve(8);
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    if (end > 0) segments.push_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return segments;
}

}  // namespace

// One place in the tree of segments. A rest takes any number of segments, as many as its own tail leaves it.
struct RouteTable::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literal;
  std::unique_ptr<Node> one;
  std::unique_ptr<Node> rest;
  std::array<Row*, 5> rows{};

  bool isEnd() const {
    return std::ranges::any_of(rows, [](const Row* row) { return row != nullptr; });
  }
};

RouteTable::RouteTable() : root_(std::make_unique<Node>()) {}
RouteTable::~RouteTable() = default;

const Row* Match::find(net::Method method) const {
  const auto place = placeOf(method);
  return place < rows->size() ? (*rows)[place] : nullptr;
}

std::string Match::allowed() const {
  std::string names;
  for (const auto* row : *rows) {
    if (row != nullptr) names += fmt::format("{}{}", names.empty() ? "" : ", ", net::nameOf(row->method));
  }
  return names;
}

Row& RouteTable::add(net::Method method, std::string_view path, Access access, std::string_view says, Bound bound) {
  auto row = std::make_unique<Row>();
  row->method = method;
  row->path = path;
  row->access = access;
  row->says = says;
  row->typed = bound.typed;
  row->run = std::move(bound.run);
  row->describe = std::move(bound.describe);
  Node* node = root_.get();
  for (const auto segment : segmentsOf(path)) {
    const bool named = segment.starts_with('{');
    const bool rest = named && segment.ends_with("*}");
    auto& next = rest ? node->rest : named ? node->one : node->literal[std::string(segment)];
    if (named) row->names.emplace_back(segment.substr(1, segment.size() - (rest ? 3 : 2)));
    if (!next) next = std::make_unique<Node>();
    node = next.get();
  }
  auto& place = node->rows.at(placeOf(method));
  check(place == nullptr, fmt::format("{} {} stands in the table once", net::nameOf(method), path));
  check(bound.params == row->names.size() || !bound.typed, fmt::format("the handler of {} takes its parameters", path));
  place = row.get();
  rows_.push_back(std::move(row));
  return *rows_.back();
}

// One search through the tree. `taken` gets the range of segments of each parameter on the way.
struct RouteTable::Walk {
  std::vector<std::string_view> segments;
  std::size_t place;  // of the wanted method; beyond the last = any
  std::vector<std::pair<std::size_t, std::size_t>> taken;

  bool isEnd(const Node& node) const { return place < node.rows.size() ? node.rows.at(place) != nullptr : node.isEnd(); }

  const Node* from(const Node& node, std::size_t at) {
    if (at == segments.size() && isEnd(node)) return &node;
    if (at < segments.size()) {
      if (const auto next = node.literal.find(segments[at]); next != node.literal.end()) {
        if (const auto* found = from(*next->second, at + 1)) return found;
      }
      if (node.one) {
        if (const auto* found = taking(at, at + 1, *node.one)) return found;
      }
    }
    return node.rest ? fromRest(*node.rest, at) : nullptr;
  }

  const Node* taking(std::size_t first, std::size_t end, const Node& then) {
    taken.emplace_back(first, end);
    const auto* found = from(then, end);
    if (found == nullptr) taken.pop_back();
    return found;
  }

  // What follows a rest wins over the rest itself, if it leaves the rest something: the last literal of the path that fits.
  const Node* fromRest(const Node& rest, std::size_t at) {
    for (auto end = segments.size(); !rest.literal.empty() && end-- > at + 1;) {
      const auto next = rest.literal.find(segments[end]);
      if (next == rest.literal.end()) continue;
      taken.emplace_back(at, end);
      if (const auto* found = from(*next->second, end + 1)) return found;
      taken.pop_back();
    }
    if (!isEnd(rest)) return nullptr;
    taken.emplace_back(at, segments.size());
    return &rest;
  }
};

Result<Match> RouteTable::find(net::Method method, std::string_view path) const {
  Walk walk{segmentsOf(path), placeOf(method), {}};
  const auto* node = walk.from(*root_, 0);
  if (node == nullptr) {
    walk.place = kMethods.size();
    node = walk.from(*root_, 0);
  }
  if (node == nullptr) return fail(Code::NotFound, "there is nothing at {}", path.substr(0, 200));
  Match match{&node->rows, {}};
  for (const auto& [from, to] : walk.taken) {
    std::string whole;
    for (auto i = from; i < to; ++i) {
      auto decoded = net::decodePath(walk.segments[i]);
      if (!decoded) return fail(Code::InvalidInput, "'{}' is no valid path: it must be percent-encoded UTF-8", path.substr(0, 200));
      if (i > from) whole += '/';
      whole += *decoded;
    }
    match.params.push_back(std::move(whole));
  }
  return match;
}

}  // namespace allmende::api
