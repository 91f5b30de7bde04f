#include "planning/component_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reelbatch::planning {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<contracts::ComponentSpec> kKnown = {
    {.name = "cuts", .needs = {}, .uses = {"flow"}},
    {.name = "flow", .needs = {}, .uses = {}},
    {.name = "moods", .needs = {"cuts"}, .uses = {"flow"}},
    {.name = "egg", .needs = {"hen"}, .uses = {}},
    {.name = "hen", .needs = {}, .uses = {"egg"}},
    {.name = "lost", .needs = {}, .uses = {"nowhere"}},
};

std::string ErrorOf(const std::vector<std::string>& wanted) {
  const auto order = OrderComponents(kKnown, wanted);
  if (order) return "";
  EXPECT_EQ(order.error().code, base::Code::kInvalidArgument);
  return order.error().Text();
}

TEST(ComponentOrder, WhatIsNeededOrUsedComesFirst) {
  EXPECT_THAT(*OrderComponents(kKnown, {"cuts", "flow"}), ElementsAre("flow", "cuts"));
  EXPECT_THAT(*OrderComponents(kKnown, {"moods", "cuts", "flow"}),
              ElementsAre("flow", "cuts", "moods"));
  EXPECT_THAT(*OrderComponents(kKnown, {"flow", "cuts", "flow"}), ElementsAre("flow", "cuts"));
}

TEST(ComponentOrder, AnOptionalEdgeToSomethingNotWantedIsNone) {
  EXPECT_THAT(*OrderComponents(kKnown, {"cuts"}), ElementsAre("cuts"));
  EXPECT_THAT(*OrderComponents(kKnown, {}), ElementsAre());
}

TEST(ComponentOrder, AMissingNeedNamesBothAndTheRemedy) {
  EXPECT_THAT(ErrorOf({"moods"}), HasSubstr("'moods' needs 'cuts': add it to --components"));
}

TEST(ComponentOrder, AnUnknownNameIsNamedWithItsPath) {
  EXPECT_THAT(ErrorOf({"cats"}), HasSubstr("no component 'cats'"));
  EXPECT_THAT(ErrorOf({"lost", "nowhere"}), HasSubstr("no component 'nowhere' (lost -> nowhere)"));
}

TEST(ComponentOrder, ACircleIsNamedStepByStep) {
  EXPECT_THAT(ErrorOf({"egg", "hen"}), HasSubstr("egg -> hen -> egg"));
}

}  // namespace
}  // namespace reelbatch::planning
