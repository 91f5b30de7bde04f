#include "apps/reelbatch/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/reelbatch/component_options.h"

namespace reelbatch::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Options : public testing::Test {
 protected:
  void SetUp() override {
    AddComponentOptions(table_, config_, engine::Catalog::Builtin());
    AddEffortOptions(table_, config_);
    AddFrameOptions(table_, config_, engine::Catalog::Builtin().Names());
    AddWorkOptions(table_, work_);
    AddCommonOptions(table_, common_);
    table_.Add({.name = "csv",
                .takes = Takes::kFile,
                .value_name = "FILE",
                .help = "",
                .set = [this](const std::string& text) -> base::Status {
                  csv_ = text;
                  return {};
                }});
  }

  std::string ErrorOf(std::vector<std::string> words) {
    auto line = ParseLine(table_, words);
    base::Status status;
    if (!line) {
      status = std::unexpected(line.error());
    } else {
      arguments_ = line->arguments;
      status = ApplyLine(*line);
      if (status) status = CheckFrameOptions(config_);
    }
    if (status) return "";
    EXPECT_EQ(status.error().code, base::Code::kInvalidArgument);
    return status.error().Text();
  }

  OptionTable table_;
  contracts::RunConfig config_;
  engine::WorkOptions work_;
  CommonOptions common_;
  std::string csv_;
  std::vector<std::string> arguments_;
};

TEST_F(Options, SaysWhyThereIsNoSuchOption) {
  table_.Lacks("concat", "goes with another command alone");
  EXPECT_EQ(ErrorOf({"a.mp4", "--concat"}), "--concat: goes with another command alone");
  EXPECT_EQ(ErrorOf({"--concat=1"}), "--concat: goes with another command alone");
}

TEST_F(Options, ReadsAWholeLine) {
  EXPECT_EQ(ErrorOf({"a.mp4", "--preset", "quality", "-vv", "--decision=seed", "[dir]", "--csv",
                     "b.mp4", "--threads", "3", "--start", "10", "--end", "1:00", "--ssim-range",
                     "255", "--", "--odd", "-x"}),
            "");
  EXPECT_THAT(arguments_, ElementsAre("a.mp4", "[dir]", "b.mp4", "--odd", "-x"));
  EXPECT_EQ(config_.preset, contracts::Preset::kQuality);
  EXPECT_EQ(config_.knobs.at("decision"), contracts::KnobSetting(std::string("seed")));
  EXPECT_EQ(config_.knobs.at("ssim_range"), contracts::KnobSetting(std::string("255")));
  EXPECT_EQ(common_.verbosity, 2);
  EXPECT_EQ(common_.threads, 3);
  EXPECT_EQ(csv_, "-");
  EXPECT_EQ(ErrorOf({"--csv=true", "--preset=quality", "--preset=auto"}), "");
  EXPECT_EQ(csv_, "true");
  EXPECT_FALSE(config_.preset.has_value());
}

TEST_F(Options, FramesAreSetForAllAndForOne) {
  EXPECT_EQ(ErrorOf({"--analysis-fps", "core_optical_flow=5", "--analysis-fps", "15",
                     "--analysis-fps=cut_detection=2.5", "--analysis-width=core_optical_flow=320",
                     "--analysis-height", "all=180"}),
            "");
  EXPECT_EQ(config_.sampling.analysis_fps, 15);
  EXPECT_EQ(config_.sampling.analysis_height, 180);
  EXPECT_FALSE(config_.sampling.analysis_width);
  EXPECT_EQ(config_.sampling_of.at("core_optical_flow"),
            (contracts::FrameChoice{.analysis_fps = 5, .analysis_width = 320}));
  EXPECT_EQ(config_.sampling_of.at("cut_detection"), contracts::FrameChoice{.analysis_fps = 2.5});
  EXPECT_EQ(ErrorOf({"--analysis-fps", "5", "--analysis-fps", "7"}), "");
  EXPECT_EQ(config_.sampling.analysis_fps, 7) << "the last one wins";
}

TEST_F(Options, ErrorsOfFramesNameTheComponent) {
  EXPECT_EQ(ErrorOf({"--analysis-fps", "core_optical_flo=5"}),
            "--analysis-fps: 'core_optical_flo' is not one of cut_detection, core_optical_flow, "
            "transnetv2, speech_activity; did you mean 'core_optical_flow'?");
  EXPECT_EQ(ErrorOf({"--analysis-fps", "cut_detection=fast"}),
            "--analysis-fps: cut_detection: 'fast' is not a number; use a number above 0 and "
            "at most 1000");
  EXPECT_EQ(ErrorOf({"--analysis-width", "cut_detection=3"}),
            "--analysis-width: cut_detection: '3' is out of range; use a whole number from 16 "
            "to 16384");
  EXPECT_THAT(table_.Help(), HasSubstr("NAME=F"));
  OptionTable alone;
  AddFrameOptions(alone, config_);
  const auto line = ParseLine(alone, std::vector<std::string>{"--analysis-fps", "a=5"});
  ASSERT_TRUE(line);
  EXPECT_THAT(ApplyLine(*line).error().Text(), HasSubstr("--analysis-fps: 'a=5' is not a number"));
}

TEST_F(Options, UnknownOptionsAreNamedWithTheNearest) {
  EXPECT_EQ(ErrorOf({"--prset"}), "unknown option --prset; did you mean '--preset'?");
  EXPECT_EQ(ErrorOf({"--analysis-fsp=3"}),
            "unknown option --analysis-fsp; did you mean '--analysis-fps'?");
  EXPECT_EQ(ErrorOf({"--zzzzzzzz"}), "unknown option --zzzzzzzz; --help lists all options");
  EXPECT_THAT(ErrorOf({"-Z"}), HasSubstr("unknown option -Z"));
  EXPECT_THAT(ErrorOf({"--bad\nname"}), HasSubstr("$'--bad\\nname'"));
}

TEST_F(Options, MissingAndUnwantedValues) {
  EXPECT_EQ(ErrorOf({"--preset"}), "--preset needs a value");
  EXPECT_EQ(ErrorOf({"--preset="}), "--preset= has no value");
  EXPECT_EQ(ErrorOf({"--fail-fast=perhaps"}), "--fail-fast: 'perhaps' is neither true nor false");
}

TEST_F(Options, AnOptionIsNoValueOfTheOneBefore) {
  EXPECT_EQ(ErrorOf({"--preset", "--fail-fast", "a.mp4"}),
            "--preset needs a value, but --fail-fast follows; if --fail-fast is the value, write "
            "--preset=--fail-fast");
  EXPECT_THAT(ErrorOf({"--preset", "-vq"}), HasSubstr("--preset needs a value, but -vq follows"));
  EXPECT_THAT(ErrorOf({"--preset", "--threads=3"}), HasSubstr("but --threads=3 follows"));
  EXPECT_EQ(ErrorOf({"--preset", "--", "a.mp4"}), "--preset needs a value");
  EXPECT_THAT(ErrorOf({"--preset=--fail-fast"}),
              HasSubstr("--preset: '--fail-fast' is not one of"));
  EXPECT_THAT(ErrorOf({"--preset", "--nonsense"}), HasSubstr("'--nonsense' is not one of"));
}

TEST_F(Options, ValuesAreCheckedWithTheirRange) {
  EXPECT_EQ(
      ErrorOf({"--preset", "defualt"}),
      "--preset: 'defualt' is not one of auto, quality, default, fast; did you mean 'default'?");
  EXPECT_EQ(ErrorOf({"--parts", "hard,sotf"}),
            "--parts: 'sotf' is not one of hard, soft, motion; did you mean 'soft'?");
  for (const char* bad : {"0", "-1", "nan", "inf", "1e9", "", "x", "1001", "5fps"}) {
    EXPECT_THAT(ErrorOf({"--analysis-fps", bad}), HasSubstr("above 0 and at most 1000")) << bad;
  }
  for (const char* bad : {"0", "-1", "1.5", "99999999999999999999", "two"}) {
    EXPECT_THAT(ErrorOf({"--threads", bad}), HasSubstr("whole number from 1 to 1024")) << bad;
  }
  EXPECT_THAT(ErrorOf({"--stall-timeout", "25h"}), HasSubstr("0 to 24h"));
  EXPECT_EQ(ErrorOf({"--stall-timeout", "0"}), "");
  EXPECT_THAT(ErrorOf({"--max-memory", "12q"}), HasSubstr("unknown unit"));
}

TEST_F(Options, StartMustBeBeforeEnd) {
  EXPECT_EQ(ErrorOf({"--start", "10", "--end", "5"}),
            "--start: 10 s is not before --end 5 s: choose an earlier start or a later end");
}

TEST_F(Options, EndMustNotBeZero) {
  EXPECT_EQ(ErrorOf({"--end", "0"}), "--end: the time must be later than 0: --end 10s");
}

TEST_F(Options, WhatNeedsAnotherSaysSo) {
  bool count = false;
  Option dependent = SwitchOption("csv-header", "", count);
  dependent.needs = "csv";
  table_.Add(std::move(dependent));
  EXPECT_EQ(ErrorOf({"a.mp4", "--csv-header"}), "--csv-header: has no effect without --csv");
  EXPECT_EQ(ErrorOf({"--csv-header", "--csv=x"}), "");
}

TEST_F(Options, HelpNamesEveryOption) {
  const std::string help = table_.Help();
  for (const std::string& name : table_.Names(true, false)) EXPECT_THAT(help, HasSubstr(name));
  EXPECT_THAT(help, HasSubstr("--csv[=FILE]"));
  EXPECT_THAT(help, HasSubstr("  -q, --quiet"));
}

}  // namespace
}  // namespace reelbatch::app
