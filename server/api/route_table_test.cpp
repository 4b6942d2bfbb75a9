#include "server/api/route_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/base/testing.h"
#include "server/api/openapi.h"
#include "server/api/reply.h"

namespace allmende::api {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Wish {
  std::string name;
  std::optional<std::int64_t> size;
};
constexpr auto fieldsOf(Type<Wish>) {
  return record("Wish", field("name", &Wish::name, "What it is called."), field("size", &Wish::size, "How large."));
}
struct Thing {
  std::string name;
  std::int64_t size = 0;
};
constexpr auto fieldsOf(Type<Thing>) { return record("Thing", field("name", &Thing::name), field("size", &Thing::size)); }

class Things {
 public:
  Task<net::Response> raw(Call call) { co_return net::textResponse(200, fmt::format("{}", fmt::join(call.params, "|"))); }
  Task<Result<Created<Thing>>> make(std::string place, Wish wish) {
    co_return Created<Thing>{{place + "/" + wish.name, wish.size.value_or(7)}};
  }
  Task<Result<std::vector<Thing>>> find(InQuery<Wish> wish) { co_return std::vector{Thing{wish.value.name, wish.value.size.value_or(0)}}; }
  Task<Result<>> remove(std::string name) { co_return fail(Code::NotFound, "no thing '{}'", name); }
};

struct Table {
  Table() {
    on.get("/api/things", Opening::SignedIn, things, &Things::find, "Find.");
    on.post("/api/things/{place}", Scope::WriteContents, things, &Things::make, "Make.");
    on.del("/api/things/{name}", Scope::WriteContents, things, &Things::remove, "Remove.");
    on.get("/api/contents/{path*}", Scope::ReadContents, things, &Things::raw, "Read.");
    on.get("/api/contents/{path*}/checkpoints", Scope::ReadContents, things, &Things::raw, "List.");
    on.post("/api/contents/{path*}/checkpoints/{id}", Scope::ReadContents, things, &Things::raw, "One.");
  }
  net::Response call(net::Method method, std::string path, std::string body = "", std::string query = "") {
    auto match = on.find(method, path);
    if (!match) return net::errorResponse(match.error());
    const auto* row = match->find(method);
    if (row == nullptr) return jupyterError(405, match->allowed());
    Call call{.caller = {}, .visit = {}, .request = {}, .params = std::move(match->params)};
    call.request.body = std::move(body);
    call.request.query = net::Query::parse(query);
    return allmende::testing::await(row->run(std::move(call)));
  }
  Things things;
  RouteTable on;
};

std::string textOf(const net::Response& response) { return std::string(response.text()); }

TEST(RouteTable, givesARestWhatItsTailLeaves) {
  Table table;
  EXPECT_EQ(textOf(table.call(net::Method::Get, "/api/contents/a/b.ipynb")), "a/b.ipynb");
  EXPECT_EQ(textOf(table.call(net::Method::Get, "/api/contents/a/b.ipynb/checkpoints")), "a/b.ipynb");
  EXPECT_EQ(textOf(table.call(net::Method::Post, "/api/contents/a/b.ipynb/checkpoints/checkpoint")), "a/b.ipynb|checkpoint");
  EXPECT_EQ(textOf(table.call(net::Method::Get, "/api/contents")), "");
}

TEST(RouteTable, letsAFolderBeNamedLikeATail) {
  Table table;
  EXPECT_EQ(textOf(table.call(net::Method::Get, "/api/contents/checkpoints")), "checkpoints");
  EXPECT_EQ(textOf(table.call(net::Method::Get, "/api/contents/a/checkpoints/x.txt")), "a/checkpoints/x.txt");
  EXPECT_EQ(textOf(table.call(net::Method::Get, "/api/contents/checkpoints/checkpoints")), "checkpoints");
}

TEST(RouteTable, toleratesATrailingSlashAndDecodesParameters) {
  Table table;
  EXPECT_EQ(textOf(table.call(net::Method::Get, "/api/contents/gr%C3%BC%C3%9Fe%20dich/")), "grüße dich");
  EXPECT_EQ(table.call(net::Method::Get, "/api/contents/%ff").status, 400);
  EXPECT_EQ(table.call(net::Method::Get, "/api/contents/a%00b").status, 400);
}

TEST(RouteTable, tellsUnknownPathsFromWrongMethods) {
  Table table;
  EXPECT_EQ(table.call(net::Method::Get, "/api/nothing").status, 404);
  const auto refused = table.call(net::Method::Put, "/api/things/x");
  EXPECT_EQ(refused.status, 405);
  EXPECT_THAT(textOf(refused), HasSubstr("POST, DELETE"));
  EXPECT_EQ(table.call(net::Method::Head, "/api/things", "", "name=a").status, 200);
}

TEST(TypedHandler, readsPathBodyAndQueryAndWritesItsReply) {
  Table table;
  const auto made = table.call(net::Method::Post, "/api/things/shelf", R"({"name":"cup","size":3})");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(textOf(made), R"({"name":"shelf/cup","size":3})");
  EXPECT_EQ(textOf(table.call(net::Method::Get, "/api/things", "", "name=a&size=4")), R"([{"name":"a","size":4}])");
}

TEST(TypedHandler, namesWhatIsWrongWithABodyOrAQuery) {
  Table table;
  const auto wrong = table.call(net::Method::Post, "/api/things/shelf", R"({"name":4})");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(textOf(wrong), HasSubstr("name must be a string"));
  EXPECT_EQ(table.call(net::Method::Post, "/api/things/shelf", R"({"nmae":"x"})").status, 400);
  EXPECT_EQ(table.call(net::Method::Get, "/api/things", "", "size=many").status, 400);
  EXPECT_EQ(table.call(net::Method::Delete, "/api/things/x").status, 404);
}

TEST(OpenApi, isMadeOfTheRowsAndTheirSignatures) {
  Table table;
  const auto document = describe(table.on);
  const auto& paths = document.at("paths").as_object();
  const auto& post = paths.at("/api/things/{place}").at("post").as_object();
  EXPECT_EQ(post.at("x-scope"), "write_contents");
  EXPECT_EQ(post.at("requestBody").at("content").at("application/json").at("schema").at("$ref"), "#/components/schemas/Wish");
  EXPECT_TRUE(post.at("responses").as_object().contains("201"));
  EXPECT_EQ(document.at("components").at("schemas").at("Thing").at("required"), (json::array{"name", "size"}));
  EXPECT_TRUE(paths.contains("/api/contents/{path}/checkpoints/{id}"));
}

}  // namespace
}  // namespace allmende::api
