// Links between keys, through the ledger that keeps them.
#include "planning/unit_flow.h"

#include <gmock/gmock.h>

#include <set>

#include "planning/ledger.h"

namespace reelbatch::planning {
namespace {

using contracts::FailureClass;
using contracts::UnitId;
using testing::IsEmpty;
using testing::SizeIs;

constexpr base::Nanoseconds kFlowNow{0};

/// Keys, each on a device of its own, whose batches wait for 4 units while more can come.
Ledger MakeLedger(int keys) {
  Ledger ledger({}, std::vector<DeviceState>(static_cast<size_t>(keys), {.total_mb = 8192}),
                {.cores = 64});
  for (int key = 0; key < keys; ++key)
    ledger.AddKey({.device = key,
                   .cost = {.max_batch = 4, .fixed_ms = 10, .ms_per_unit = 2, .mb_per_unit = 10}});
  return ledger;
}

/// A chain of keys, all open for the video.
void LinkChain(Ledger& ledger, int keys, int video) {
  for (int key = 0; key < keys; ++key) ledger.Open(key, video);
  for (int key = 0; key + 1 < keys; ++key) ledger.Link(key, key + 1, video);
}

std::vector<LaunchBatch> FlowLaunches(Ledger& ledger, base::Nanoseconds now = kFlowNow) {
  std::vector<LaunchBatch> launches;
  for (Decision& decision : ledger.Decide(now)) {
    if (auto* batch = std::get_if<LaunchBatch>(&decision)) launches.push_back(std::move(*batch));
  }
  EXPECT_EQ(ledger.Audit(), "");
  return launches;
}

/// Whether a partial batch of the key waits for more of a video: a unit of another one is added,
/// looked at, and taken away.
bool IsAwaited(Ledger& ledger, int key) {
  constexpr int kProbe = 999;
  ledger.AddUnits(key, kProbe, 0, 1, kFlowNow);
  const auto launches = FlowLaunches(ledger);
  for (const LaunchBatch& launch : launches) ledger.Succeeded(launch.id);
  ledger.DropVideo(key, kProbe);
  EXPECT_THAT(launches, SizeIs(testing::Le(1U)));
  return launches.empty();
}

void Fail(Ledger& ledger, const LaunchBatch& batch, FailureClass failure) {
  ledger.Failed(batch.id, {.failure = failure, .evidence = ""}, kFlowNow, kFlowNow);
  EXPECT_EQ(ledger.Audit(), "");
}

TEST(UnitFlow, AKeyStaysOpenWhileResultsThatFeedItAreStillToCome) {
  Ledger ledger = MakeLedger(3);
  LinkChain(ledger, 3, 1);
  ledger.AddUnits(0, 1, 0, 2, kFlowNow);
  EXPECT_TRUE(IsAwaited(ledger, 1));
  ledger.Close(0, 1);
  const auto first = FlowLaunches(ledger);
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_TRUE(IsAwaited(ledger, 1)) << "its units are in flight";
  ledger.Succeeded(first[0].id);
  EXPECT_TRUE(IsAwaited(ledger, 2)) << "results wait to be taken on two stages before";
  ledger.AddUnits(1, 1, 0, 1, kFlowNow);
  ledger.TakenOn(0, 1, 1);
  EXPECT_TRUE(IsAwaited(ledger, 1));
  ledger.TakenOn(0, 1, 1);
  EXPECT_FALSE(ledger.finished()) << "the unit of the second stage waits";
  const auto second = FlowLaunches(ledger);
  ASSERT_THAT(second, SizeIs(1)) << "nothing can be added to the second key any more";
  EXPECT_TRUE(IsAwaited(ledger, 2));
  ledger.Succeeded(second[0].id);
  EXPECT_TRUE(IsAwaited(ledger, 2));
  ledger.TakenOn(1, 1, 1);
  EXPECT_FALSE(IsAwaited(ledger, 2)) << "nothing was found";
  EXPECT_TRUE(ledger.finished());
  EXPECT_EQ(ledger.Audit(), "");
}

TEST(UnitFlow, AClosedKeyWithoutUnitsClosesAllBehindIt) {
  Ledger ledger = MakeLedger(4);
  LinkChain(ledger, 3, 1);
  ledger.Open(3, 1);
  ledger.Link(0, 3, 1);
  ledger.Close(0, 1);
  EXPECT_TRUE(ledger.finished());
  EXPECT_EQ(ledger.Audit(), "");
}

TEST(UnitFlow, WhenOnlyMemoryKeepsResultsBackAPartialBatchLeavesAtOnce) {
  Ledger ledger = MakeLedger(3);
  LinkChain(ledger, 3, 1);
  ledger.AddUnits(0, 1, 0, 4, kFlowNow);
  const auto first = FlowLaunches(ledger);
  ASSERT_THAT(first, SizeIs(1));
  ledger.Succeeded(first[0].id);
  ledger.AddUnits(1, 1, 0, 1, kFlowNow);
  ledger.TakenOn(0, 1, 1);
  EXPECT_THAT(FlowLaunches(ledger), IsEmpty()) << "its source decodes";
  ledger.SetHeld(0, 1, 3);
  EXPECT_THAT(FlowLaunches(ledger), IsEmpty()) << "its source decodes";
  ledger.SetBlocked(0, 1, true);
  const auto second = FlowLaunches(ledger);
  ASSERT_THAT(second, SizeIs(1)) << "the source waits, and so do all results";
  EXPECT_EQ(second[0].binding, Binding::kRam);
  EXPECT_TRUE(IsAwaited(ledger, 2)) << "the batch in flight may feed it";
  ledger.Succeeded(second[0].id);
  ledger.SetHeld(1, 1, 1);
  EXPECT_FALSE(IsAwaited(ledger, 2)) << "blocked two stages before";
  ledger.SetHeld(0, 1, 0);
  EXPECT_TRUE(IsAwaited(ledger, 1));
  EXPECT_TRUE(IsAwaited(ledger, 2));
  ledger.SetHeld(0, 1, 3);
  ledger.SetBlocked(0, 1, false);
  EXPECT_TRUE(IsAwaited(ledger, 1));
  EXPECT_EQ(ledger.Audit(), "");
}

TEST(UnitFlow, AClosedSourceBlocksAsAWaitingOneDoes) {
  Ledger ledger = MakeLedger(2);
  LinkChain(ledger, 2, 1);
  ledger.AddUnits(0, 1, 0, 2, kFlowNow);
  ledger.Close(0, 1);
  const auto first = FlowLaunches(ledger);
  ASSERT_THAT(first, SizeIs(1));
  ledger.Succeeded(first[0].id);
  ledger.SetHeld(0, 1, 2);
  EXPECT_FALSE(IsAwaited(ledger, 1));
  ledger.TakenOn(0, 1, 1);
  EXPECT_FALSE(IsAwaited(ledger, 1)) << "the other one is held still";
  EXPECT_FALSE(ledger.finished());
  ledger.TakenOn(0, 1, 1);
  EXPECT_TRUE(ledger.finished());
}

TEST(UnitFlow, WhatWaitsForTheEndOfOthersIsBlockedWithAnyOfThemAndIsClosedByItsAdder) {
  Ledger ledger = MakeLedger(4);
  LinkChain(ledger, 2, 1);
  for (const int key : {2, 3}) ledger.Open(key, 1);
  ledger.LinkToEnd(1, 3, 1);
  ledger.LinkToEnd(2, 3, 1);
  ledger.AddUnits(0, 1, 0, 1, kFlowNow);
  ledger.Close(0, 1);
  ledger.Succeeded(FlowLaunches(ledger).at(0).id);
  ledger.SetHeld(0, 1, 1);
  EXPECT_FALSE(IsAwaited(ledger, 3)) << "the second key is blocked, whatever the third does";
  ledger.AddUnits(1, 1, 0, 1, kFlowNow);
  ledger.TakenOn(0, 1, 1);
  const auto last = FlowLaunches(ledger);
  ASSERT_THAT(last, SizeIs(1));
  EXPECT_TRUE(IsAwaited(ledger, 3));
  ledger.Succeeded(last[0].id);
  ledger.TakenOn(1, 1, 1);
  EXPECT_TRUE(IsAwaited(ledger, 3)) << "the third is open";
  ledger.Close(2, 1);
  EXPECT_TRUE(IsAwaited(ledger, 3)) << "all have ended, its units come now";
  ledger.SetBlocked(3, 1, true);
  EXPECT_FALSE(IsAwaited(ledger, 3)) << "it waits for a lane";
  ledger.SetBlocked(3, 1, false);
  ledger.Close(3, 1);
  EXPECT_TRUE(ledger.finished());
}

TEST(UnitFlow, FailedUnitsAreNotToBeTakenOn) {
  Ledger ledger = MakeLedger(2);
  LinkChain(ledger, 2, 1);
  ledger.AddUnits(0, 1, 0, 1, kFlowNow);
  ledger.Close(0, 1);
  Fail(ledger, FlowLaunches(ledger).at(0), FailureClass::kInput);
  EXPECT_EQ(ledger.Counts(0).failed, 1);
  EXPECT_TRUE(ledger.finished()) << "nothing is to come";
}

TEST(UnitFlow, PiecesOfABatchThatFailedAreStillToCome) {
  Ledger ledger = MakeLedger(2);
  LinkChain(ledger, 2, 1);
  ledger.AddUnits(0, 1, 0, 4, kFlowNow);
  ledger.Close(0, 1);
  Fail(ledger, FlowLaunches(ledger).at(0), FailureClass::kCapacity);
  EXPECT_EQ(ledger.Counts(0).to_retry, 4);
  EXPECT_TRUE(IsAwaited(ledger, 1));
  ledger.DropRetries(0, 1, 0, 3);
  EXPECT_EQ(ledger.Audit(), "");
  EXPECT_TRUE(IsAwaited(ledger, 1));
  ledger.DropRetries(0, 1, 3, 1);
  EXPECT_TRUE(ledger.finished());
}

TEST(UnitFlow, AStoppedKeyHasNothingToComeButWhatCameBack) {
  for (const bool in_order : {false, true}) {
    Ledger ledger({}, {{.total_mb = 8192, .lanes = 1}}, {.cores = 64});
    ledger.AddKey(
        {.cost = {.max_batch = 2, .fixed_ms = 10, .mb_per_unit = 10}, .in_order = in_order});
    ledger.AddKey({.cost = {.max_batch = 2, .fixed_ms = 10, .mb_per_unit = 10}});
    for (const int video : {1, 2}) {
      LinkChain(ledger, 2, video);
      ledger.AddUnits(0, video, 0, 4, kFlowNow);
      ledger.Close(0, video);
    }
    const auto first = FlowLaunches(ledger);
    ASSERT_THAT(first, SizeIs(1));
    ledger.Succeeded(first[0].id);
    const auto second = FlowLaunches(ledger);
    ASSERT_THAT(second, SizeIs(1));
    Fail(ledger, second[0], FailureClass::kBadRequest);
    ASSERT_TRUE(ledger.stopped(0));
    EXPECT_FALSE(ledger.finished()) << "two results are to be taken on";
    EXPECT_TRUE(IsAwaited(ledger, 1));
    for (const UnitId unit : first[0].units) ledger.TakenOn(0, unit.video, 1);
    ledger.AddUnits(0, 1, 4, 1, kFlowNow);
    EXPECT_EQ(ledger.Audit(), "");
    EXPECT_TRUE(ledger.finished());
  }
}

TEST(UnitFlow, ADroppedVideoGivesNothingMore) {
  Ledger ledger = MakeLedger(3);
  for (const int video : {1, 2}) LinkChain(ledger, 3, video);
  ledger.AddUnits(0, 1, 0, 6, kFlowNow);
  const auto first = FlowLaunches(ledger);
  ASSERT_THAT(first, SizeIs(1));
  ledger.DropVideo(0, 1);
  EXPECT_EQ(ledger.Counts(0).dropped, 2);
  EXPECT_EQ(ledger.Audit(), "");
  ledger.Close(0, 1);
  ledger.Close(0, 2);
  EXPECT_FALSE(IsAwaited(ledger, 1)) << "what is in flight is not taken on";
  ledger.Succeeded(first[0].id);
  ledger.TakenOn(0, 1, 4);
  EXPECT_EQ(ledger.Audit(), "");
  EXPECT_TRUE(ledger.finished());
}

TEST(UnitFlow, AVideoThatStartsOverDoesNotCountWhatIsInFlightOfItsFirstTry) {
  Ledger ledger = MakeLedger(2);
  LinkChain(ledger, 2, 1);
  ledger.AddUnits(0, 1, 0, 4, kFlowNow);
  const auto old = FlowLaunches(ledger);
  ASSERT_THAT(old, SizeIs(1));
  for (const int key : {0, 1}) {
    ledger.DropVideo(key, 1);
    ledger.Close(key, 1);
  }
  LinkChain(ledger, 2, 1);
  ledger.AddUnits(0, 1, 4, 1, kFlowNow);
  EXPECT_EQ(ledger.Audit(), "");
  Fail(ledger, old[0], FailureClass::kCapacity);
  ledger.DropRetries(0, 1, 0, 4);
  EXPECT_EQ(ledger.Audit(), "");
  ledger.Close(0, 1);
  const auto again = FlowLaunches(ledger);
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].units, std::vector{(UnitId{1, 4})});
  EXPECT_TRUE(IsAwaited(ledger, 1));
  ledger.Succeeded(again[0].id);
  ledger.TakenOn(0, 1, 1);
  EXPECT_TRUE(ledger.finished());
}

TEST(UnitFlow, AnExplicitCloseOfAFedKeyIsFinal) {
  Ledger ledger = MakeLedger(2);
  LinkChain(ledger, 2, 1);
  ledger.AddUnits(0, 1, 0, 1, kFlowNow);
  ledger.Close(1, 1);
  EXPECT_FALSE(IsAwaited(ledger, 1));
  ledger.Close(0, 1);
  ledger.Succeeded(FlowLaunches(ledger).at(0).id);
  ledger.SetHeld(0, 1, 1);
  ledger.TakenOn(0, 1, 1);
  EXPECT_TRUE(ledger.finished());
  EXPECT_EQ(ledger.Audit(), "");
}

TEST(UnitFlow, TellsOnlyWhatChanges) {
  UnitFlow flow;
  const UnitFlow::State open{.open = true};
  EXPECT_THAT(flow.Link({.from = 0, .to = 1, .video = 5}, open, open), IsEmpty());
  EXPECT_THAT(flow.Added({0, 5}, 0, 2), IsEmpty());
  EXPECT_THAT(flow.SetOpen({0, 5}, false), SizeIs(1)) << "key 0 itself";
  flow.Succeeded(0, {5, 0});
  flow.Succeeded(0, {5, 1});
  EXPECT_THAT(flow.SetHeld({0, 5}, 1), IsEmpty());
  const auto blocked = flow.SetHeld({0, 5}, 2);
  ASSERT_THAT(blocked, SizeIs(1));
  EXPECT_TRUE(blocked[0].key == 1 && blocked[0].open && blocked[0].blocked);
  const auto closed = flow.TakenOn({0, 5}, 2);
  ASSERT_THAT(closed, SizeIs(1));
  EXPECT_TRUE(closed[0].key == 1 && !closed[0].open && !closed[0].blocked);
  EXPECT_TRUE(flow.empty()) << "nothing is kept of a video that has ended";
}

}  // namespace
}  // namespace reelbatch::planning
