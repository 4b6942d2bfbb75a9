#include "server/enforcement/devices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/base/testing.h"
#include "server/migrations/migrations.h"

namespace allmende::enforcement {
namespace {

using ::allmende::testing::await;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class ABrowser : public ::testing::Test {
 protected:
  std::string signIn(const AccountId& who, std::string device = "") { return *await(devices_.signedIn(who, std::move(device))); }
  std::vector<AccountId> others(const AccountId& who) { return *await(devices_.others(who)); }

  FakeClock clock_;
  std::unique_ptr<store::Database> database_ = *store::Database::open("sqlite::memory:", migrations());
  Devices devices_{*database_, clock_};
  AccountId ada_ = AccountId::make();
  AccountId bob_ = AccountId::make();
  AccountId cem_ = AccountId::make();
};

TEST_F(ABrowser, isKnownByWhatItWasGivenAndByNothingElse) {
  const auto device = signIn(ada_);
  EXPECT_EQ(device.size(), 32U);
  EXPECT_EQ(signIn(bob_, device), device);
  signIn(cem_);
  EXPECT_THAT(others(ada_), ElementsAre(bob_));
  EXPECT_THAT(others(cem_), IsEmpty());
  EXPECT_NE(signIn(cem_, "my own words"), "my own words");
  EXPECT_NE(signIn(cem_, std::string(32, 'X')), std::string(32, 'X'));
}

TEST_F(ABrowser, isForgottenAfterAWhile) {
  const auto device = signIn(ada_);
  signIn(bob_, device);
  signIn(cem_, device);
  EXPECT_THAT(others(ada_), UnorderedElementsAre(bob_, cem_));
  clock_.advance(Devices::kShared - 1h);
  signIn(ada_, device);
  signIn(bob_, device);
  clock_.advance(2h);
  EXPECT_THAT(others(ada_), ElementsAre(bob_));
  clock_.advance(Devices::kKept);
  ASSERT_TRUE(await(devices_.sweep()));
  EXPECT_EQ((*await(database_->query("SELECT COUNT(*) FROM device_sign_ins"))).front().number(0), 0);
}

TEST_F(ABrowser, isKeptAsAHashAlone) {
  const auto device = signIn(ada_);
  EXPECT_NE((*await(database_->query("SELECT device FROM device_sign_ins"))).front().text(0), device);
}

TEST_F(ABrowser, countsHandOversForTwoWeeks) {
  ASSERT_TRUE(await(devices_.handOver(ada_, bob_)));
  ASSERT_TRUE(await(devices_.handOver(ada_, bob_)));
  EXPECT_EQ(*await(devices_.handOversTo(bob_)), 2);
  EXPECT_EQ(*await(devices_.handOversTo(ada_)), 0);
  clock_.advance(Devices::kKept + 1h);
  EXPECT_EQ(*await(devices_.handOversTo(bob_)), 0);
}

class WorkThatGoesOn : public ABrowser {
 protected:
  const std::string cell_ = "model.fit(data, epochs=12)  # " + std::string(LastCells::kLeastCell, 'x');
  LastCells cells_;
};

TEST_F(WorkThatGoesOn, isTheSameCellByAnotherWhenTheUnitsWereUsedUp) {
  cells_.ran(ada_, cell_, 0s);
  EXPECT_EQ(cells_.handedOver(cell_, {ada_}, 1s), std::nullopt);  // they are not used up
  cells_.usedUp(ada_, 60s);
  EXPECT_TRUE(cells_.hasAnybodyUsedUp(60s));
  EXPECT_EQ(cells_.handedOver(cell_ + "y", {ada_}, 70s), std::nullopt);
  EXPECT_EQ(cells_.handedOver(cell_, {cem_}, 70s), std::nullopt);
  EXPECT_EQ(cells_.handedOver(cell_, {cem_, ada_}, 70s), ada_);
  EXPECT_EQ(cells_.handedOver(cell_, {ada_}, 71s), std::nullopt);  // once each time
}

TEST_F(WorkThatGoesOn, isNoneLongAfterwardsOrOfWhatEverybodyWrites) {
  cells_.ran(ada_, cell_, 0s);
  cells_.ran(ada_, "import numpy as np", 0s);
  cells_.usedUp(ada_, 0s);
  EXPECT_EQ(cells_.handedOver("import numpy as np", {ada_}, 1s), std::nullopt);
  EXPECT_EQ(cells_.handedOver(cell_, {ada_}, LastCells::kTakenUp + 1s), std::nullopt);
  EXPECT_FALSE(cells_.hasAnybodyUsedUp(LastCells::kTakenUp + 1s));
}

TEST_F(WorkThatGoesOn, isRememberedOfTheLastCellsAlone) {
  cells_.ran(ada_, cell_, 0s);
  for (std::size_t n = 0; n < LastCells::kMostCells; ++n) cells_.ran(ada_, fmt::format("{}{}", cell_, n), 1s);
  cells_.usedUp(ada_, 2s);
  EXPECT_EQ(cells_.handedOver(cell_, {ada_}, 3s), std::nullopt);
  EXPECT_EQ(cells_.handedOver(cell_ + "63", {ada_}, 3s), ada_);
}

}  // namespace
}  // namespace allmende::enforcement
