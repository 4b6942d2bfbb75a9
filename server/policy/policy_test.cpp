#include "server/policy/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "lib/base/testing.h"

namespace allmende::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::filesystem::path kPolicies = std::filesystem::path(__FILE__).parent_path() / "../../policies";

RuleBook shippedBook() {
  auto book = RuleBook::load(kPolicies / "rules");
  if (!book) throw std::runtime_error(book.error().message);
  return *std::move(book);
}

// ---- the book ----

constexpr std::string_view kTexts =
    "title = \"T\"\ntitle_de = \"T\"\ntext = \"X\"\ntext_de = \"X\"\nreason = \"R\"\nreason_de = \"R\"\ninstead = \"I\"\ninstead_de = "
    "\"I\"\n";

class TheBook : public ::testing::Test {
 protected:
  Result<RuleBook> load(std::string_view text) {
    std::ofstream(folder_.path() / "one.toml") << text;
    return RuleBook::load(folder_.path());
  }
  std::string wrongWith(std::string_view text) {
    const auto book = load(text);
    if (book) return "";
    EXPECT_EQ(book.error().code, Code::InvalidInput);
    const auto place = book.error().message.find("one.toml");
    return place == std::string::npos ? book.error().message : book.error().message.substr(place);
  }
  std::string wrongDetector(std::string_view lines) {
    return wrongWith(fmt::format("[rule.a]\n{}[detector.d]\nrule = \"a\"\nsays = \"s\"\nsays_de = \"s\"\n{}", kTexts, lines));
  }
  ::allmende::testing::TemporaryFolder folder_;
};

TEST_F(TheBook, thatIsShippedCanBeRead) {
  const auto book = shippedBook();
  EXPECT_EQ(book.rules().size(), 8U);
  EXPECT_EQ(book.rules().front().id, "deepfakes");
  for (const auto& rule : book.rules()) EXPECT_EQ(rule.version, 1) << rule.id;
}

TEST_F(TheBook, refusesARuleThatPeopleCannotRead) {
  EXPECT_EQ(wrongWith("[rule.a]\ntitle = \"T\"\n"), "one.toml:1: rule a: title_de is missing; people must be able to read it");
  EXPECT_THAT(wrongWith(fmt::format("[rule.a]\n{}emergency = \"now\"\n", kTexts)), HasSubstr("emergency_de"));
}

TEST_F(TheBook, namesTheLineOfWhatItDoesNotKnow) {
  EXPECT_THAT(wrongWith("[rule.a]\ncolour = 1\n"), HasSubstr("one.toml:2: unknown setting 'colour'; known are order, version"));
  EXPECT_THAT(wrongWith(fmt::format("[rule.a]\n{}most = \"prison\"\n", kTexts)), HasSubstr("most is 'prison'; allowed are log, notice"));
  EXPECT_THAT(wrongWith(fmt::format("[rule.a]\n{}throttle = \"sun\"\n", kTexts)), HasSubstr("throttle is 'sun'"));
  EXPECT_THAT(wrongWith("[law.a]\n"), HasSubstr("write tables [rule.NAME] or [detector.NAME]"));
  EXPECT_THAT(wrongDetector("when = \"exec.colour is red\"\n"), HasSubstr("there is no fact 'exec.colour'; known are cell.matches"));
  EXPECT_THAT(wrongDetector("when = \"exec.program > 3\"\n"), HasSubstr("exec.program cannot be compared by '>'; allowed is is, among"));
  EXPECT_THAT(wrongDetector("when = \"exec.seconds > 3x\"\n"), HasSubstr("3x"));
  EXPECT_THAT(wrongDetector("when = \"exec.program is a and network.spoofed > 3\"\n"), HasSubstr("of another family"));
  EXPECT_THAT(wrongDetector("when = \"exec.program is a\"\nsays = \"{colour}\"\n"), HasSubstr("one.toml"));
  EXPECT_THAT(wrongDetector(""), HasSubstr("one of when and patterns is needed"));
}

TEST_F(TheBook, takesNoWordsForMoreThanWeakEvidence) {
  EXPECT_THAT(wrongDetector("patterns = \"xmrig\"\ntier = 2\n"), HasSubstr("words of a cell are weak evidence"));
  EXPECT_THAT(wrongDetector("patterns = \"(\"\n"), HasSubstr("'(' is no pattern"));
  EXPECT_THAT(wrongDetector("patterns = \"a*\"\n"), HasSubstr("is found in everything"));
}

TEST_F(TheBook, refusesADetectorWithoutItsRuleAndOneThatStopsWhereNoRuleDoesSo) {
  EXPECT_THAT(
      wrongWith(fmt::format("[rule.a]\n{}[detector.d]\nrule = \"b\"\nsays = \"s\"\nsays_de = \"s\"\nwhen = \"cpu.share > 1\"\n", kTexts)),
      HasSubstr("there is no rule 'b'"));
  EXPECT_THAT(wrongDetector("when = \"cpu.share > 1\"\nstops = true\n"), HasSubstr("stops is for rules with alone = true"));
  EXPECT_THAT(wrongWith("[detector.d]\nrule = \"b\"\nsays = \"s\"\nsays_de = \"s\"\nwhen = \"cpu.share > 1\"\n"), HasSubstr("has no rule"));
}

TEST_F(TheBook, hasAnotherFingerprintWhenAnythingOfARuleChanges) {
  const auto text =
      fmt::format("[rule.a]\n{}[detector.d]\nrule = \"a\"\nsays = \"s\"\nsays_de = \"s\"\nwhen = \"cpu.share > 1\"\n", kTexts);
  const auto before = load(text);
  const auto after = load(text + "tier = 3\n");
  ASSERT_TRUE(before && after);
  EXPECT_NE(before->fingerprintOf(before->rules().front()), after->fingerprintOf(after->rules().front()));
  EXPECT_EQ(before->fingerprintOf(before->rules().front()), load(text)->fingerprintOf(before->rules().front()));
}

// ---- scenarios ----

std::string textOf(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

TEST(EveryScenario, holds) {
  const auto book = shippedBook();
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kPolicies / "scenarios")) {
    const auto report = runScenario(book, entry.path().filename().string(), textOf(entry.path()));
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_GT(report->expectations, 0U) << entry.path();
    EXPECT_THAT(report->failures, IsEmpty());
    count += report->expectations;
  }
  EXPECT_GT(count, 15U);
}

TEST(AScenario, tellsWhatHappenedInstead) {
  const auto report = runScenario(shippedBook(), "x",
      "given runtime rt_1 of ada on tier free\nat 0s rt_1 shows network.spoofed=100\n"
      "expect denial-of-service to notice rt_1 by 10s\n");
  ASSERT_TRUE(report);
  EXPECT_THAT(report->failures, ElementsAre("x:3: expect denial-of-service to notice rt_1 by 10s; what happened: 0s denial-of-service log "
                                            "rt_1, 0s denial-of-service stop rt_1"));
}

TEST(AScenario, namesTheLineThatIsNotUnderstood) {
  const auto wrong = [](std::string_view text) { return runScenario(shippedBook(), "x", text).error().message; };
  EXPECT_THAT(wrong("\nat noon rt_1 ends\n"), HasSubstr("x:2: 'noon' is no duration"));
  EXPECT_THAT(wrong("at 0s rt_1 shows colour=1\n"), HasSubstr("'colour=1' is no FACT=VALUE"));
  EXPECT_THAT(wrong("expect theft to stop rt_1 by 1m\n"), HasSubstr("there is no rule 'theft'"));
  EXPECT_THAT(wrong("perhaps\n"), HasSubstr("not understood"));
}

// ---- the ladder ----

class TheLadder : public ::testing::Test {
 protected:
  TheLadder() {
    for (const auto& rule : book_.rules()) bindings_[rule.id] = {};
  }
  // "rule step", "rule lifted", "rule paused", with "shadow" where it is.
  std::vector<std::string> take(const Input& input, Duration at) {
    std::vector<std::string> told;
    for (const auto& verdict : engine().take(input, {.wall = kBeginning + at, .steady = at})) {
      const auto what = verdict.turn == Turn::Paused ? "paused" : verdict.turn == Turn::Lifted ? "lifted" : nameOf(verdict.step);
      told.push_back(fmt::format("{} {}{}", verdict.rule, what, verdict.shadow ? " shadow" : ""));
    }
    return told;
  }
  std::vector<std::string> begin(std::string runtime, std::string account, std::vector<Strike> strikes = {}) {
    return take(RuntimeBegan{.runtime = std::move(runtime),
                    .account = std::move(account),
                    .tier = "free",
                    .accountSince = kBeginning,
                    .strikes = std::move(strikes)},
        Duration{0});
  }
  Engine& engine() {
    if (!engine_) engine_.emplace(book_, bindings_);
    return *engine_;
  }
  static Observed flood(std::string runtime) {
    return {std::move(runtime), {{"network.refused_minute", 9000.0}, {"network.refused_places", 1.0}}};
  }

  const Instant kBeginning{std::chrono::hours{24 * 365 * 56}};
  RuleBook book_ = shippedBook();
  Bindings bindings_;
  std::optional<Engine> engine_;
};

TEST_F(TheLadder, onlyLogsWhileARuleIsInShadowAndBeginsAnewBehindIt) {
  bindings_["denial-of-service"].enforcedAt = kBeginning + 1h;
  begin("rt_1", "ada");
  EXPECT_THAT(take(flood("rt_1"), 10s), ElementsAre("denial-of-service log shadow", "denial-of-service throttle shadow"));
  EXPECT_THAT(take(flood("rt_1"), 50s), IsEmpty());
  EXPECT_THAT(take(flood("rt_1"), 1h + 1s), ElementsAre("denial-of-service log", "denial-of-service throttle"));
}

TEST_F(TheLadder, doesNotRunAheadWhenTheClockOfTheWallLeaps) {
  begin("rt_1", "ada");
  const Observed john{"rt_1", {{"exec.program", std::string("john")}, {"exec.cpu_seconds", 700.0}}};
  EXPECT_THAT(take(john, 0s), ElementsAre("password-cracking log", "password-cracking notice"));
  std::vector<Verdict> leapt = engine().take(Look{}, {.wall = kBeginning + 10'000h, .steady = 5s});
  EXPECT_TRUE(leapt.empty());
  EXPECT_THAT(take(john, 61s), ElementsAre("password-cracking warning"));
}

TEST_F(TheLadder, ignoresRuntimesItDoesNotKnowAndSuchAsHaveEnded) {
  EXPECT_THAT(take(flood("rt_9"), 1s), IsEmpty());
  begin("rt_1", "ada");
  take(RuntimeEnded{"rt_1"}, 1s);
  EXPECT_THAT(take(flood("rt_1"), 2s), IsEmpty());
}

TEST_F(TheLadder, leavesAloneForWhomARuleDoesNotHoldUntilItHoldsAgain) {
  begin("rt_1", "ada");
  begin("rt_2", "bob");
  take(flood("rt_1"), 1s);
  EXPECT_THAT(
      take(Exempted{.account = "ada", .rule = "denial-of-service", .until = kBeginning + 1h}, 2s), ElementsAre("denial-of-service lifted"));
  EXPECT_THAT(take(flood("rt_1"), 3s), IsEmpty());
  EXPECT_THAT(take(flood("rt_2"), 3s), ElementsAre("denial-of-service log", "denial-of-service throttle"));
  EXPECT_THAT(take(flood("rt_1"), 1h + 1s), ElementsAre("denial-of-service log", "denial-of-service throttle"));
}

TEST_F(TheLadder, pausesARuleThatSuddenlyHitsManyAndLiftsWhatItDid) {
  for (int i = 0; i < 6; ++i) begin(fmt::format("rt_{}", i), fmt::format("person{}", i));
  for (int i = 0; i < 5; ++i)
    EXPECT_THAT(take(flood(fmt::format("rt_{}", i)), 1s), ElementsAre("denial-of-service log", "denial-of-service throttle"));
  const auto sixth = take(flood("rt_5"), 2s);
  EXPECT_THAT(
      sixth, ElementsAre("denial-of-service log", "denial-of-service paused", "denial-of-service lifted", "denial-of-service lifted",
                 "denial-of-service lifted", "denial-of-service lifted", "denial-of-service lifted", "denial-of-service notice"));
  EXPECT_TRUE(engine().isPaused("denial-of-service"));
  take(RuleResumed{"denial-of-service"}, 3s);
  EXPECT_FALSE(engine().isPaused("denial-of-service"));
}

TEST_F(TheLadder, pausesARuleThatWasWrongTooOften) {
  begin("rt_1", "ada");
  EXPECT_THAT(take(flood("rt_1"), 1s), ElementsAre("denial-of-service log", "denial-of-service throttle"));
  EXPECT_THAT(take(RuleCharged{"denial-of-service", "three were overturned"}, 2s),
      ElementsAre("denial-of-service paused", "denial-of-service lifted"));
  EXPECT_THAT(take(RuleCharged{"denial-of-service", "again"}, 3s), IsEmpty());
  EXPECT_THAT(take(RuleCharged{"no-rule", "x"}, 3s), IsEmpty());
  EXPECT_TRUE(engine().isPaused("denial-of-service"));
}

TEST_F(TheLadder, givesTheSameVerdictsForTheSameStreamAgain) {
  const auto tell = [&] {
    engine_.reset();
    std::vector<std::string> all;
    for (int i = 0; i < 4; ++i) begin(fmt::format("rt_{}", i), "ada");
    for (int i = 0; i < 400; ++i) {
      for (auto& one : take(flood(fmt::format("rt_{}", i % 4)), std::chrono::seconds(7 * i))) all.push_back(std::move(one));
      for (auto& one : take(Look{}, std::chrono::seconds(7 * i + 3))) all.push_back(std::move(one));
    }
    return all;
  };
  const auto first = tell();
  EXPECT_FALSE(first.empty());
  EXPECT_EQ(tell(), first);
}

// ---- cells ----

TEST(CommandsOfACell, areWhatIsCarriedOut) {
  EXPECT_EQ(commandsOf("x = 'xmrig'  # xmrig\n!xmrig # now\n"), "x = '     '         \n!xmrig      \n");
  // Who looks for a word, prints it or goes to a folder of that name does not use it; who hands it to a shell does.
  EXPECT_EQ(commandsOf("!grep -c xmrig a.txt && ./run\n"), "                     && ./run\n");
  EXPECT_EQ(commandsOf("!cat xmrig.md | head -n 2; ls"), "              |          ;   ");
  EXPECT_EQ(commandsOf("!echo xmrig | sh"), "!echo xmrig | sh");
  EXPECT_EQ(commandsOf("!echo `xmrig` $(xmrig)"), "!echo `xmrig` $(xmrig)");
  EXPECT_EQ(commandsOf("!echo 'a; xmrig' || xmrig"), "                 || xmrig");
  EXPECT_EQ(commandsOf("%cd xmrig"), "         ");
  EXPECT_EQ(commandsOf("%%bash\ngrep xmrig x\nxmrig"), "%%bash\n            \nxmrig");
  EXPECT_EQ(commandsOf("subprocess.run(['xmrig', '-o'])"), "subprocess.run(['xmrig', '-o'])");
  EXPECT_EQ(commandsOf("\"\"\"\n!xmrig\n\"\"\"\nimport os"), "\"\"\"\n      \n\"\"\"\nimport os");
  EXPECT_EQ(commandsOf("%%writefile x.sh\nxmrig"), "                \n     ");
  EXPECT_EQ(commandsOf("%%bash\nxmrig # x\n"), "%%bash\nxmrig    \n");
  EXPECT_EQ(commandsOf("'never closed\nxmrig"), "'            \nxmrig");
  EXPECT_EQ(commandsOf(""), "");
}

TEST(AScanner, namesDetectorLineAndWhatStandsThereWithoutSecrets) {
  const auto book = shippedBook();
  const Scanner scanner(book);
  const auto matches = scanner.scan("import os\n!xmrig -o stratum+tcp://me:secret@pool:33 --password hunter2\n");
  ASSERT_EQ(matches.size(), 1U);
  EXPECT_EQ(matches[0].detector, "miner-words");
  EXPECT_EQ(matches[0].line, 2);
  EXPECT_THAT(matches[0].excerpt, HasSubstr("!xmrig -o stratum+tcp://…@pool:33"));
  EXPECT_THAT(matches[0].excerpt, ::testing::Not(HasSubstr("hunter2")));
}

TEST(AScanner, leavesWordsInTextsAndCommentsAlone) {
  const auto book = shippedBook();
  const Scanner scanner(book);
  for (const std::string_view cell : {"# hashcat -m 0 hashes.txt", "print('xmrig --donate-level 1')", "%%markdown\n!xmrig",
           "\"\"\"\nhydra -l root -P words ssh://host\n\"\"\"", "import hydra\nfrom xray import x", "df = read('rarcrack results.csv')",
           "!pip install hydra-core xrdpy", "!git clone https://github.com/ondyari/FaceForensics"}) {
    EXPECT_THAT(scanner.scan(cell), IsEmpty()) << cell;
  }
}

TEST(AScanner, findsToolsThatAreCalled) {
  const auto book = shippedBook();
  const Scanner scanner(book);
  for (const std::string_view cell : {"!git clone https://github.com/iperov/DeepFaceLab.git", "%%bash\ncd x\nhashcat -m 0 -a 3 hashes.txt",
           "os.system('john --wordlist=w h')", "import libtorrent as lt", "!ssh -N -R 2222:localhost:22 me@host",
           "!apt install tmate && tmate", "!python faceswap.py train -A a -B b"}) {
    EXPECT_EQ(scanner.scan(cell).size(), 1U) << cell;
  }
}

TEST(AScanner, readsNoMoreThanItsBoundAndCutsBetweenCharacters) {
  const auto book = shippedBook();
  const Scanner scanner(book);
  EXPECT_THAT(scanner.scan(std::string(Scanner::kMostBytes, ' ') + "!xmrig"), IsEmpty());
  std::string wide;
  for (int i = 0; i < 300; ++i) wide += "ä";
  const auto matches = scanner.scan("!echo " + wide + " ; xmrig");
  ASSERT_EQ(matches.size(), 1U);
  EXPECT_LE(matches[0].excerpt.size(), 200U);
  EXPECT_TRUE(boost::json::serialize(boost::json::string(matches[0].excerpt)).size() > 2);
}

}  // namespace
}  // namespace allmende::policy
