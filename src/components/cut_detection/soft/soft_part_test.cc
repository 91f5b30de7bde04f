#include "components/cut_detection/soft/soft_part.h"

#include <gtest/gtest.h>

namespace reelbatch::components::soft {
namespace {

using contracts::EventType;

Gradual Of(EventType type, size_t start, size_t end) {
  return {.type = type, .start = start, .end = end, .confidence = 0.9F, .strength = 1.8F};
}

hard::HardCut CutAt(int pair) {
  return {.pair_index = pair, .confidence = 1, .strength = 2, .evidence = {}};
}

TEST(Merge, AFadeWinsOverWhatOverlapsIt) {
  const std::vector<Gradual> fades{Of(EventType::kFadeThrough, 20, 40)};
  const std::vector<Gradual> others{Of(EventType::kDissolve, 30, 45), Of(EventType::kWipe, 40, 60),
                                    Of(EventType::kDissolve, 5, 12)};
  const auto all = Merge(fades, others);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].start, 5U);
  EXPECT_EQ(all[1].type, EventType::kFadeThrough);
  EXPECT_EQ(all[2].type, EventType::kWipe);
}

TEST(Reconcile, ACutInAFadeIsPartOfIt) {
  std::vector<hard::HardCut> cuts{CutAt(19), CutAt(20), CutAt(39), CutAt(40)};
  std::vector<Gradual> graduals{Of(EventType::kFadeIn, 20, 40)};
  Reconcile(cuts, graduals);
  ASSERT_EQ(graduals.size(), 1U);
  ASSERT_EQ(cuts.size(), 2U);
  EXPECT_EQ(cuts[0].pair_index, 19);
  EXPECT_EQ(cuts[1].pair_index, 40);
}

TEST(Reconcile, ADissolveWithACutWithinIsNone) {
  std::vector<hard::HardCut> cuts{CutAt(25)};
  std::vector<Gradual> graduals{Of(EventType::kDissolve, 20, 40), Of(EventType::kWipe, 50, 60)};
  Reconcile(cuts, graduals);
  EXPECT_EQ(cuts.size(), 1U);
  ASSERT_EQ(graduals.size(), 1U);
  EXPECT_EQ(graduals[0].type, EventType::kWipe);
}

}  // namespace
}  // namespace reelbatch::components::soft
