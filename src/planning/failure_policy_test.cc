#include "planning/failure_policy.h"

#include <gtest/gtest.h>

namespace reelbatch::planning {
namespace {

using contracts::FailureClass;
using contracts::UnitId;

constexpr base::Nanoseconds kNow = std::chrono::seconds(100);
constexpr base::Nanoseconds kLater = std::chrono::seconds(102);

std::vector<UnitId> Units(int count) {
  std::vector<UnitId> units;
  for (int k = 0; k < count; ++k) units.push_back({k / 3, k % 3});
  return units;
}

AfterFailure After(int size, int attempt, FailureClass failure, bool worked = false) {
  const auto units = Units(size);
  return AfterBatchFailed(
      {.units = units, .attempt = attempt, .failure = failure, .worked_before = worked}, {}, kNow);
}

std::vector<size_t> Sizes(const AfterFailure& after) {
  std::vector<size_t> sizes;
  for (const RetryPiece& piece : after.pieces) sizes.push_back(piece.units.size());
  return sizes;
}

TEST(FailurePolicy, TheLadder) {
  for (const FailureClass failure : {FailureClass::kCapacity, FailureClass::kHostMemory}) {
    const AfterFailure first = After(5, 1, failure);
    EXPECT_EQ(Sizes(first), (std::vector<size_t>{2, 2, 1}));
    EXPECT_TRUE(first.learn);
    for (const RetryPiece& piece : first.pieces) {
      EXPECT_EQ(piece.attempt, 2);
      EXPECT_EQ(piece.not_before, kLater);
    }
    EXPECT_EQ(Sizes(After(2, 2, failure)), (std::vector<size_t>{1, 1}))
        << "the last attempt is of one";
    EXPECT_EQ(Sizes(After(1, 1, failure)), (std::vector<size_t>{1}))
        << "three attempts, whatever the size";
    const AfterFailure last = After(1, 3, failure);
    EXPECT_TRUE(last.key_stopped);
    EXPECT_TRUE(last.pieces.empty());
    EXPECT_FALSE(last.learn) << "1 is no limit to learn";
  }
}

TEST(FailurePolicy, NoUnitIsLostOrDoubledByCutting) {
  for (int size = 1; size <= 17; ++size) {
    for (int attempt = 1; attempt <= 2; ++attempt) {
      std::vector<UnitId> all;
      for (const RetryPiece& piece : After(size, attempt, FailureClass::kCapacity).pieces) {
        all.insert(all.end(), piece.units.begin(), piece.units.end());
      }
      EXPECT_EQ(all, Units(size));
    }
  }
}

TEST(FailurePolicy, OneUnitThatRunsOutWhereOthersDidNotWantsARestart) {
  EXPECT_TRUE(After(1, 1, FailureClass::kCapacity, true).restart);
  EXPECT_FALSE(After(1, 1, FailureClass::kCapacity, false).restart);
  EXPECT_FALSE(After(2, 1, FailureClass::kCapacity, true).restart);
  EXPECT_TRUE(After(4, 1, FailureClass::kPoisoned).restart);
  EXPECT_EQ(Sizes(After(4, 1, FailureClass::kPoisoned)), (std::vector<size_t>{4}))
      << "its size is not at fault";
  EXPECT_TRUE(After(4, 3, FailureClass::kPoisoned).key_stopped);
}

TEST(FailurePolicy, AnAbsurdSizeIsABugThatNoSizeMends) {
  const AfterFailure after = After(4, 1, FailureClass::kAbsurdSize);
  EXPECT_TRUE(after.units_failed);
  EXPECT_FALSE(after.key_stopped);
  EXPECT_TRUE(after.pieces.empty());
}

TEST(FailurePolicy, UnavailableWaitsAndThenFailsItsUnits) {
  EXPECT_EQ(Sizes(After(4, 1, FailureClass::kUnavailable)), (std::vector<size_t>{4}));
  EXPECT_EQ(After(4, 1, FailureClass::kUnavailable).pieces[0].not_before, kLater);
  EXPECT_EQ(After(4, 2, FailureClass::kUnavailable).pieces[0].not_before,
            kNow + 5 * (kLater - kNow));
  EXPECT_TRUE(After(4, 3, FailureClass::kUnavailable).units_failed);
}

TEST(FailurePolicy, ABatchAboveTheExecutorsCapRunsAtOnceInPiecesOfIt) {
  const auto units = Units(10);
  FailedBatch batch{.units = units, .failure = FailureClass::kBatchLimit, .max_batch = 4};
  EXPECT_EQ(Sizes(AfterBatchFailed(batch, {}, kNow)), (std::vector<size_t>{4, 4, 2}));
  EXPECT_EQ(AfterBatchFailed(batch, {}, kNow).pieces[0].not_before, kNow);
  EXPECT_FALSE(AfterBatchFailed(batch, {}, kNow).learn) << "no memory ran out";
  batch.max_batch = 0;
  EXPECT_EQ(Sizes(AfterBatchFailed(batch, {}, kNow)), (std::vector<size_t>{5, 5}))
      << "it did not say how many";
  batch.max_batch = 12;
  EXPECT_EQ(Sizes(AfterBatchFailed(batch, {}, kNow)), (std::vector<size_t>{9, 1}))
      << "what it says is not so: smaller all the same";
  EXPECT_TRUE(After(1, 1, FailureClass::kBatchLimit).key_stopped);
  EXPECT_TRUE(After(4, 3, FailureClass::kBatchLimit).key_stopped);
}

TEST(FailurePolicy, OtherTensorsThanAgreedStopTheKey) {
  EXPECT_TRUE(After(4, 1, FailureClass::kBadRequest).key_stopped);
  EXPECT_TRUE(After(4, 1, FailureClass::kBadResponse).key_stopped);
  EXPECT_TRUE(After(4, 1, FailureClass::kStuck).key_stopped);
}

TEST(FailurePolicy, WhoseFaultItIsShowsAlone) {
  for (const FailureClass failure : {FailureClass::kInput, FailureClass::kOther}) {
    const AfterFailure after = After(3, 1, failure);
    EXPECT_EQ(Sizes(after), (std::vector<size_t>{1, 1, 1}));
    EXPECT_EQ(after.pieces[0].not_before, kNow) << "waiting helps nobody";
    EXPECT_TRUE(After(1, 2, failure).units_failed);
    EXPECT_TRUE(After(3, 3, failure).units_failed) << "never a fourth attempt";
  }
}

}  // namespace
}  // namespace reelbatch::planning
