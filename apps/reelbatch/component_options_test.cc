#include "apps/reelbatch/component_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reelbatch::app {
namespace {

using contracts::Reuse;
using testing::ElementsAre;
using testing::HasSubstr;

class ComponentOptions : public testing::Test {
 protected:
  void SetUp() override { AddComponentOptions(table_, config_, Catalog::Builtin()); }

  std::string ErrorOf(std::vector<std::string> words) {
    auto line = ParseLine(table_, words);
    base::Status status;
    if (!line) {
      status = std::unexpected(line.error());
    } else {
      status = ApplyLine(*line);
    }
    if (status) status = OrderComponents(config_, Catalog::Builtin());
    return status ? "" : status.error().Text();
  }

  OptionTable table_;
  contracts::RunConfig config_;
};

TEST_F(ComponentOptions, TheOrderOfNamesDoesNotMatter) {
  EXPECT_EQ(ErrorOf({"--components", "cut_detection,core_optical_flow"}), "");
  EXPECT_THAT(config_.components, ElementsAre("core_optical_flow", "cut_detection"));
}

TEST_F(ComponentOptions, PreferringWorksWithoutIt) {
  EXPECT_EQ(ErrorOf({"--prefer-core-optical-flow"}), "");
  EXPECT_EQ(config_.flow_reuse, Reuse::kPrefer);
  EXPECT_THAT(config_.components, ElementsAre("cut_detection"));
}

TEST_F(ComponentOptions, RequiringFailsWithoutItAndNamesTheRemedy) {
  EXPECT_THAT(ErrorOf({"--require-core-optical-flow"}),
              HasSubstr("'cut_detection' needs 'core_optical_flow': add it to --components"));
}

TEST_F(ComponentOptions, RequiringPutsItFirst) {
  EXPECT_EQ(
      ErrorOf({"--components", "cut_detection,core_optical_flow", "--require-core-optical-flow"}),
      "");
  EXPECT_THAT(config_.components, ElementsAre("core_optical_flow", "cut_detection"));
}

TEST_F(ComponentOptions, PreferAndRequireExcludeEachOther) {
  EXPECT_THAT(ErrorOf({"--prefer-core-optical-flow", "--require-core-optical-flow"}),
              HasSubstr("exclude each other"));
}

TEST_F(ComponentOptions, AnUnknownComponentIsNamed) {
  EXPECT_THAT(ErrorOf({"--components", "cut_detektion"}),
              HasSubstr("did you mean 'cut_detection'?"));
}

}  // namespace
}  // namespace reelbatch::app
