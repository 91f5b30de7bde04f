#include "components/cut_detection/learned/learned.h"

#include <gtest/gtest.h>

#include <vector>

namespace reelbatch::components::learned {
namespace {

using contracts::EventType;

constexpr size_t kFrames = 60;

struct Said {
  std::vector<float> single = std::vector<float>(kFrames, 0.01F);
  std::vector<float> all = std::vector<float>(kFrames, 0.01F);

  Said& Cut(size_t last_old, float probability) {
    single[last_old] = probability;
    all[last_old] = all[last_old + 1] = 0.6F;
    return *this;
  }
  Said& Gradual(size_t first, size_t last, float probability) {
    for (size_t k = first; k <= last; ++k) all[k] = 0.9F;
    single[(first + last) / 2] = probability;
    return *this;
  }
};

std::vector<Finding> Fused(const Said& said, std::vector<Finding> findings = {}) {
  Fuse({.single = said.single, .all = said.all}, kFrames, findings);
  return findings;
}

Finding Found(EventType type, size_t start, size_t end, float confidence) {
  return {.type = type,
          .start = start,
          .middle = end,
          .end = end,
          .confidence = confidence,
          .evidence = {}};
}

TEST(Learned, AddsACutThatItIsSureOf) {
  const auto findings = Fused(Said().Cut(20, 0.95F));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].type, EventType::kHard);
  EXPECT_EQ(findings[0].start, 20U);
  EXPECT_EQ(findings[0].middle, 21U);
  EXPECT_EQ(findings[0].end, 21U);
  EXPECT_FLOAT_EQ(findings[0].confidence, 0.95F);
  EXPECT_TRUE(findings[0].evidence.deep);
}

TEST(Learned, AddsAGradualTransitionWithBothEnds) {
  const auto findings = Fused(Said().Gradual(20, 29, 0.95F));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].type, EventType::kDissolve);
  EXPECT_EQ(findings[0].start, 20U);
  EXPECT_EQ(findings[0].middle, 25U);
  EXPECT_EQ(findings[0].end, 30U);
}

TEST(Learned, KeepsWhatItIsNotSureOfAsACandidate) {
  const auto findings = Fused(Said().Cut(20, 0.89F));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_FLOAT_EQ(findings[0].confidence, 0.1F);
  EXPECT_TRUE(Fused(Said().Cut(20, 0.49F)).empty());
}

TEST(Learned, ConfirmsWhatTheRulesFound) {
  for (const size_t start : {18U, 20U, 22U}) {
    const auto findings =
        Fused(Said().Cut(20, 0.99F), {Found(EventType::kHard, start, start + 1, 0.8F)});
    ASSERT_EQ(findings.size(), 1U) << start;
    EXPECT_FLOAT_EQ(findings[0].confidence, 0.8F);
    EXPECT_TRUE(findings[0].evidence.deep) << start;
  }
  const auto inside = Fused(Said().Cut(20, 0.99F), {Found(EventType::kDissolve, 10, 30, 0.8F)});
  ASSERT_EQ(inside.size(), 1U);
  EXPECT_TRUE(inside[0].evidence.deep);
}

TEST(Learned, AnotherPlaceIsAnotherBoundary) {
  const auto findings = Fused(Said().Cut(20, 0.99F), {Found(EventType::kHard, 24, 25, 0.8F)});
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_FALSE(findings[0].evidence.deep);
  EXPECT_TRUE(findings[1].evidence.deep);
}

TEST(Learned, TakesTheRulesCandidateFurtherWhereItIsSure) {
  const auto findings = Fused(Said().Cut(20, 0.95F), {Found(EventType::kHard, 20, 21, 0.3F)});
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_FLOAT_EQ(findings[0].confidence, 0.3F);
  EXPECT_FLOAT_EQ(findings[1].confidence, 0.95F);
}

TEST(Learned, TakesNothingAwayWhereItSaysNothing) {
  const std::vector<Finding> before = {Found(EventType::kWipe, 10, 30, 0.9F),
                                       Found(EventType::kHard, 40, 41, 0.6F)};
  const auto findings = Fused({}, before);
  ASSERT_EQ(findings.size(), 2U);
  for (size_t k = 0; k < 2; ++k) {
    EXPECT_FLOAT_EQ(findings[k].confidence, before[k].confidence);
    EXPECT_FALSE(findings[k].evidence.deep);
  }
}

TEST(Learned, MovementHidesNoBoundary) {
  const auto findings = Fused(Said().Cut(20, 0.95F), {Found(EventType::kWhipPan, 10, 30, 0.9F)});
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_FALSE(findings[0].evidence.deep);
}

TEST(Learned, OneRunIsOneBoundary) {
  Said said;
  said.single[20] = 0.92F;
  said.single[21] = 0.97F;
  said.single[22] = 0.91F;
  const auto findings = Fused(said);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].start, 21U);
}

TEST(Learned, AtTheEndsOfTheVideo) {
  Said said;
  said.single[0] = 0.95F;
  said.single[kFrames - 1] = 0.95F;  // behind the last frame there is no new shot
  const auto findings = Fused(said);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].start, 0U);
  Said late;
  late.Gradual(50, kFrames - 1, 0.95F);
  const auto ends = Fused(late);
  ASSERT_EQ(ends.size(), 1U);
  EXPECT_EQ(ends[0].end, kFrames - 1);
}

TEST(Learned, CurvesOfAnotherLengthSayNothing) {
  std::vector<Finding> findings;
  const std::vector<float> sure(10, 0.99F);
  Fuse({.single = sure, .all = sure}, kFrames, findings);
  Fuse({.single = {}, .all = {}}, 0, findings);
  EXPECT_TRUE(findings.empty());
}

}  // namespace
}  // namespace reelbatch::components::learned
