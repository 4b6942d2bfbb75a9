#include "server/previews/passes.h"

#include <gtest/gtest.h>

namespace allmende::previews {
namespace {

const Instant kNow{Duration{1'700'000'000'000}};

struct APass : ::testing::Test {
  PreviewId app = PreviewId::make();
  AccountId ada = AccountId::make();
  Passes passes;
};

TEST_F(APass, isHadForATicketOnce) {
  const auto ticket = passes.makeTicket(app, ada, kNow);
  const auto pass = passes.redeem(ticket, app, kNow);
  ASSERT_TRUE(pass);
  EXPECT_EQ(passes.whose(*pass, app, kNow), ada);
  EXPECT_FALSE(passes.redeem(ticket, app, kNow));
}

TEST_F(APass, leadsToOneAppAlone) {
  const auto other = PreviewId::make();
  const auto ticket = passes.makeTicket(app, ada, kNow);
  EXPECT_FALSE(passes.redeem(ticket, other, kNow));
  const auto pass = passes.redeem(ticket, app, kNow);
  ASSERT_TRUE(pass) << "who tried elsewhere has not used it up";
  EXPECT_FALSE(passes.whose(*pass, other, kNow));
}

TEST_F(APass, ends) {
  const auto late = passes.makeTicket(app, ada, kNow);
  EXPECT_FALSE(passes.redeem(late, app, kNow + Passes::kTicketLifetime + 1ms));
  const auto pass = passes.redeem(passes.makeTicket(app, ada, kNow), app, kNow);
  EXPECT_TRUE(passes.whose(*pass, app, kNow + Passes::kPassLifetime));
  EXPECT_FALSE(passes.whose(*pass, app, kNow + Passes::kPassLifetime + 1ms));
  passes.forget(ada);
  EXPECT_FALSE(passes.whose(*pass, app, kNow));
}

TEST_F(APass, isForgottenWhenTooManyCome) {
  const auto first = passes.makeTicket(app, ada, kNow);
  for (std::size_t more = 0; more < Passes::kMost; ++more) passes.makeTicket(app, ada, kNow);
  EXPECT_FALSE(passes.redeem(first, app, kNow));
}

}  // namespace
}  // namespace allmende::previews
