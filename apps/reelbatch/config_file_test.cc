#include "apps/reelbatch/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "apps/reelbatch/component_options.h"
#include "apps/reelbatch/options.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class ConfigFile : public testing::Test {
 protected:
  void SetUp() override {
    path_ = fs::path(testing::TempDir()) /
            (std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".yaml");
    AddComponentOptions(table_, config_, engine::Catalog::Builtin());
    AddEffortOptions(table_, config_);
    AddFrameOptions(table_, config_, engine::Catalog::Builtin().Names());
    AddWorkOptions(table_, work_);
    AddCommonOptions(table_, common_);
    table_.Add(PathOption("out", "DIR", "", out_));
  }
  void TearDown() override { fs::remove(path_); }

  base::Status Apply(std::string_view text) {
    std::ofstream(path_, std::ios::binary) << text;
    return ApplyConfigFile(path_, table_, inputs_);
  }
  /// The error's text behind the file's name; "" where there is none.
  std::string ErrorOf(std::string_view text) {
    const auto applied = Apply(text);
    if (applied) return "";
    EXPECT_EQ(applied.error().code, base::Code::kInvalidArgument);
    EXPECT_THAT(applied.error().Text(), testing::StartsWith(path_.native()));
    return applied.error().Text().substr(path_.native().size());
  }

  fs::path path_;
  OptionTable table_;
  contracts::RunConfig config_;
  engine::WorkOptions work_;
  CommonOptions common_;
  std::optional<fs::path> out_;
  std::vector<std::string> inputs_;
};

TEST_F(ConfigFile, ReadsWhatTheCommandLineKnows) {
  ASSERT_TRUE(Apply("analysis-fps: 5\nout: results\ninputs: [clips/, 'a b.mp4']\nparts: [hard]\n"
                    "fail-fast: yes\nstart: 00:01:00\nmax-memory: 1G\npreset: quality\n")
                  .has_value());
  EXPECT_DOUBLE_EQ(config_.sampling.analysis_fps.value(), 5);
  EXPECT_EQ(out_, "results");
  EXPECT_THAT(inputs_, ElementsAre("clips/", "a b.mp4"));
  EXPECT_TRUE(work_.fail_fast);
  EXPECT_DOUBLE_EQ(config_.sampling.start_s.value(), 60);
  EXPECT_EQ(work_.max_memory_bytes, 1 << 30);
  EXPECT_EQ(config_.preset, contracts::Preset::kQuality);
  EXPECT_EQ(ErrorOf(""), "");
  EXPECT_EQ(ErrorOf("inputs: one.mp4\n"), "");
  EXPECT_THAT(inputs_, ElementsAre("one.mp4"));
}

TEST_F(ConfigFile, AnUnknownKeyIsNamedWithItsPlace) {
  EXPECT_EQ(ErrorOf("out: x\nanalysis_fps: 5\n"),
            ":2:1: unknown key 'analysis_fps'; did you mean 'analysis-fps'?");
  EXPECT_EQ(ErrorOf("help: true\n"), ":1:1: unknown key 'help'");
  EXPECT_EQ(ErrorOf("input: x\n"), ":1:1: unknown key 'input'; did you mean 'inputs'?");
}

TEST_F(ConfigFile, WrongTypesAndValues) {
  EXPECT_EQ(ErrorOf("\nanalysis-fps: fast\n"),
            ":2:15: analysis-fps: 'fast' is not a number; use a number above 0 and at most 1000");
  EXPECT_EQ(
      ErrorOf("analysis-fps: [1, 2]\n"),
      ":1:15: analysis-fps: takes one value, or one per component: {all: 15, NAME: 5}, not a list");
  EXPECT_EQ(ErrorOf("out: {a: b}\n"), ":1:6: out: must be one value, not a map");
  EXPECT_EQ(ErrorOf("out:\n"), ":1:1: out: must be one value, not nothing");
  EXPECT_EQ(ErrorOf("quiet: maybe\n"), ":1:8: quiet: 'maybe' is neither true nor false");
  EXPECT_EQ(ErrorOf("inputs: {a: b}\n"), ":1:9: inputs: must be a name or a list of names");
  EXPECT_EQ(ErrorOf("inputs: [[a]]\n"), ":1:10: inputs: every entry must be a name");
  EXPECT_THAT(ErrorOf("threads: 0\n"), HasSubstr("whole number from 1 to 1024"));
  EXPECT_EQ(ErrorOf("out: a\nout: b\n"), ":2:1: 'out' is given twice");
}

TEST_F(ConfigFile, FramesByComponentAreAMap) {
  EXPECT_EQ(ErrorOf("analysis-fps: {core_optical_flow: 5}\nanalysis-width: 320\n"), "");
  EXPECT_EQ(config_.sampling_of.at("core_optical_flow"), contracts::FrameChoice{.analysis_fps = 5});
  EXPECT_EQ(config_.sampling.analysis_width, 320);
  EXPECT_EQ(ErrorOf("analysis-fps:\n  all: 15\n  cut_detection: 10\n"), "");
  EXPECT_EQ(config_.sampling.analysis_fps, 15);
  EXPECT_EQ(config_.sampling_of.at("cut_detection").analysis_fps, 10);
  EXPECT_EQ(ErrorOf("analysis-fps: {cut_detection: fast}\n"),
            ":1:31: analysis-fps: cut_detection: 'fast' is not a number; use a number above 0 "
            "and at most 1000");
  EXPECT_THAT(ErrorOf("analysis-fps: {cuts: 5}\n"), HasSubstr("'cuts' is not one of "));
  EXPECT_EQ(ErrorOf("analysis-fps: {cut_detection: [5]}\n"),
            ":1:31: analysis-fps: must have one value for each component");
  EXPECT_EQ(ErrorOf("analysis-fps: {all: 5, all: 6}\n"),
            ":1:24: analysis-fps: 'all' is given twice");
  EXPECT_EQ(ErrorOf("crop: {all: 5}\n"), ":1:7: crop: must be one value, not a map");
}

TEST_F(ConfigFile, WhatIsNoConfigurationAtAll) {
  EXPECT_THAT(ErrorOf("out: [a\n"), HasSubstr("is not valid YAML"));
  EXPECT_THAT(ErrorOf("- a\n- b\n"), HasSubstr("must be a list of `option: value` lines"));
  EXPECT_THAT(ErrorOf("just words"), HasSubstr("must be a list of `option: value` lines"));
  EXPECT_THAT(ErrorOf("out: a\n---\nout: b\n"), HasSubstr("only one YAML document"));
  EXPECT_FALSE(ErrorOf(",a: b:\n").empty());  // yaml-cpp finds documents without end here
  EXPECT_THAT(ErrorOf(std::string_view("a\0b", 3)), HasSubstr("binary file"));
  EXPECT_THAT(ErrorOf(std::string((1 << 20) + 1, '#')), HasSubstr("larger than 1 MiB"));
  EXPECT_THAT(ErrorOf(std::string(100000, '[')), HasSubstr("is not valid YAML"));
  fs::remove(path_);
  EXPECT_THAT(ApplyConfigFile(path_, table_, inputs_).error().Text(), HasSubstr("no such file"));
}

}  // namespace
}  // namespace reelbatch::app
