#include "apps/reelbatch-lab/lab_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/reelbatch/exit_code.h"

namespace reelbatch::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct Said {
  int exit_code = 0;
  std::string out;
  std::string err;
};

Said Call(std::vector<std::string> words) {
  words.insert(words.begin(), "reelbatch-lab");
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int exit_code = LabProgram(words);
  return {exit_code, testing::internal::GetCapturedStdout(),
          testing::internal::GetCapturedStderr()};
}

TEST(LabProgram, HelpIsOfThisProgram) {
  const Said help = Call({"--help"});
  EXPECT_EQ(help.exit_code, kExitDone);
  EXPECT_THAT(help.out, AllOf(StartsWith("Usage: reelbatch-lab COMMAND"), HasSubstr("  reel "),
                              HasSubstr("  simulate "), HasSubstr("  costs ")));
  EXPECT_THAT(Call({"reel", "--help"}).out, StartsWith("Usage: reelbatch-lab reel [OPTIONS]"));
  EXPECT_THAT(Call({"costs", "--help"}).out, StartsWith("Usage: reelbatch-lab costs SUBCOMMAND"));
  EXPECT_THAT(Call({"costs", "import", "--help"}).out,
              StartsWith("Usage: reelbatch-lab costs import [OPTIONS]"));
  EXPECT_THAT(Call({"simulate", "--help"}).out, StartsWith("Usage: reelbatch-lab simulate"));
  EXPECT_THAT(Call({"--version"}).out, StartsWith("reelbatch-lab of reelbatch "));
}

TEST(LabProgram, ErrorsNameThisProgram) {
  const auto error_of = [](std::vector<std::string> words) {
    const Said said = Call(std::move(words));
    EXPECT_EQ(said.exit_code, kExitUsage);
    EXPECT_EQ(said.out, "");
    return said.err;
  };
  EXPECT_THAT(error_of({}), StartsWith("Usage: reelbatch-lab"));
  EXPECT_THAT(error_of({"rele"}),
              StartsWith("reelbatch-lab: unknown command rele; did you mean 'reel'?"));
  EXPECT_THAT(error_of({"reel", "--out", "a.mp4"}),
              StartsWith("reelbatch-lab reel: needs --script"));
  EXPECT_THAT(error_of({"reel", "--script", "a.txt"}),
              StartsWith("reelbatch-lab reel: needs --out"));
  EXPECT_THAT(error_of({"reel", "a.txt"}), HasSubstr("takes no argument, but got a.txt"));
  EXPECT_THAT(error_of({"reel", "--seed", "1"}), HasSubstr("unknown option --seed"));
  EXPECT_THAT(error_of({"simulate"}), StartsWith("reelbatch-lab simulate: needs scenario files"));
  EXPECT_THAT(error_of({"simulate", "/no/such.yaml"}), HasSubstr("/no/such.yaml"));
  EXPECT_THAT(error_of({"costs"}), StartsWith("reelbatch-lab costs: needs a subcommand"));
  EXPECT_THAT(error_of({"costs", "show"}), HasSubstr("use `reelbatch costs show`"));
  EXPECT_THAT(error_of({"costs", "imprt"}), HasSubstr("did you mean 'import'?"));
}

TEST(LabProgram, ComparesWaysOfBatching) {
  const std::string scenario = REELBATCH_SOURCE_DIR "/tests/scenarios/simulate/in_order.yaml";
  const Said text = Call({"simulate", scenario});
  EXPECT_EQ(text.exit_code, kExitDone) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("makespan s"), HasSubstr("\nreelbatch "),
                              HasSubstr("\nseed formula "), HasSubstr("\nbatch 1 ")));
  const Said json = Call({"simulate", scenario, "--json"});
  EXPECT_EQ(json.exit_code, kExitDone);
  EXPECT_THAT(json.out, AllOf(HasSubstr("\"baselines\""), HasSubstr("\"Triton-like\""),
                              Not(HasSubstr("makespan s "))));
}

}  // namespace
}  // namespace reelbatch::app
