#include "server/documents/captures.h"

#include <gtest/gtest.h>

namespace allmende::documents {
namespace {

json::object widget(std::string_view id, std::string_view method, json::object state) {
  return {{"comm_id", id}, {"target_name", "jupyter.widget"}, {"data", {{"method", method}, {"state", std::move(state)}}}};
}

json::object stream(std::string_view text) { return {{"output_type", "stream"}, {"name", "stdout"}, {"text", text}}; }

TEST(AnOutputWidget, TakesWhatItsRequestSaysFromWhenTheKernelSaysSoUntilItSaysNoMore) {
  Captures captures;
  captures.hear("comm_open", widget("w", "", {{"_model_name", "OutputModel"}, {"msg_id", ""}, {"outputs", json::array()}}));
  captures.hear("comm_open", widget("slider", "", {{"_model_name", "IntSliderModel"}, {"msg_id", "run"}}));
  EXPECT_FALSE(captures.take("run", "stream", stream("before")));
  captures.hear("comm_msg", widget("w", "update", {{"msg_id", "run"}}));
  EXPECT_TRUE(captures.take("run", "stream", stream("a")));
  EXPECT_TRUE(captures.take("run", "stream", stream("b\n")));
  EXPECT_FALSE(captures.take("another", "stream", stream("c")));
  captures.hear("comm_msg", widget("w", "update", {{"msg_id", ""}}));
  EXPECT_FALSE(captures.take("run", "stream", stream("after")));

  const auto told = captures.untold();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].at("comm_id"), "w");
  EXPECT_EQ(told[0].at("data").at("state").at("outputs"), json::array{stream("ab\n")});
  EXPECT_TRUE(captures.untold().empty());
}

TEST(AnOutputWidget, IsClearedAtOnceOrWithTheNextOutput) {
  Captures captures;
  captures.hear("comm_open", widget("w", "", {{"_model_name", "OutputModel"}, {"msg_id", "run"}, {"outputs", json::array{stream("old")}}}));
  EXPECT_TRUE(captures.take("run", "clear_output", {{"wait", true}}));
  EXPECT_EQ(captures.untold()[0].at("data").at("state").at("outputs"), json::array{stream("old")});
  EXPECT_TRUE(captures.take("run", "stream", stream("new")));
  EXPECT_EQ(captures.untold()[0].at("data").at("state").at("outputs"), json::array{stream("new")});
  EXPECT_TRUE(captures.take("run", "clear_output", {{"wait", false}}));
  EXPECT_EQ(captures.untold()[0].at("data").at("state").at("outputs"), json::array());
}

TEST(AnOutputWidget, ThatIsClosedTakesNothingNorDoBrokenMessagesOfTheKernel) {
  Captures captures;
  captures.hear("comm_open", widget("w", "", {{"_model_name", "OutputModel"}, {"msg_id", "run"}}));
  captures.hear("comm_close", {{"comm_id", "w"}});
  EXPECT_FALSE(captures.take("run", "stream", stream("x")));
  captures.hear("comm_open", {{"comm_id", 4}, {"data", "x"}});
  captures.hear("comm_msg", {});
  captures.hear("comm_open", widget("v", "", {{"_model_name", "OutputModel"}, {"msg_id", json::array()}, {"outputs", "no list"}}));
  EXPECT_FALSE(captures.take("", "stream", stream("x")));
  EXPECT_TRUE(captures.untold().empty());
}

}  // namespace
}  // namespace allmende::documents
