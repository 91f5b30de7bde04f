#include "store/exports/shot_lengths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace reelbatch::store {
namespace {

using contracts::FrameIndex;
using ::testing::ElementsAre;

/// Shots that begin at `starts` and end at `end`, 10 frames per second, joined by hard cuts of
/// these confidences.
contracts::EventList RecordOf(const std::vector<FrameIndex>& starts, FrameIndex end,
                              const std::vector<float>& confidences) {
  contracts::EventList record;
  const auto at = [](FrameIndex frame) { return 5 + static_cast<double>(frame) / 10; };
  for (size_t i = 0; i < starts.size(); ++i) {
    const FrameIndex next = i + 1 < starts.size() ? starts[i + 1] : end;
    record.shots.push_back({.index = static_cast<int>(i),
                            .start_frame = starts[i],
                            .end_frame = next,
                            .start_s = at(starts[i]),
                            .end_s = at(next)});
    if (i == 0) continue;
    contracts::Event event;
    event.frame = event.end_frame = starts[i];
    event.start_frame = starts[i] - 1;
    event.time_s = event.end_s = at(starts[i]);
    event.confidence = confidences[i - 1];
    record.events.push_back(event);
  }
  return record;
}

std::vector<FrameIndex> Starts(const contracts::EventList& record) {
  std::vector<FrameIndex> starts;
  for (const contracts::Shot& shot : record.shots) starts.push_back(shot.start_frame);
  return starts;
}

ShotLengthChanges Keep(const contracts::ShotLengths& lengths, contracts::EventList& record) {
  const auto changes = KeepShotLengths(lengths, record);
  EXPECT_TRUE(changes) << changes.error().Text();
  return *changes;
}

TEST(ShotLengths, AShortShotGoesIntoTheNeighbourAcrossTheLessSureEvent) {
  contracts::EventList record = RecordOf({0, 50, 55, 100}, 150, {0.9F, 0.6F, 0.9F});
  const ShotLengthChanges changes = Keep({.min_s = 1}, record);
  EXPECT_EQ(changes.merged, 1);
  EXPECT_THAT(Starts(record), ElementsAre(0, 50, 100));
  EXPECT_EQ(record.shots[1].end_frame, 100);
  EXPECT_EQ(record.shots[2].index, 2);
  ASSERT_EQ(record.events.size(), 2U);
  ASSERT_EQ(record.candidates.size(), 1U);
  EXPECT_EQ(record.candidates[0].frame, 55);
  EXPECT_EQ(record.shot_lengths.min_s, 1);
}

TEST(ShotLengths, OfEqualNeighboursTheEarlierTakesIt) {
  contracts::EventList record = RecordOf({0, 50, 55}, 150, {0.9F, 0.9F});
  Keep({.min_s = 1}, record);
  EXPECT_THAT(Starts(record), ElementsAre(0, 55));
  contracts::EventList stronger = RecordOf({0, 50, 55}, 150, {0.9F, 0.9F});
  stronger.events[0].strength = 2;
  Keep({.min_s = 1}, stronger);
  EXPECT_THAT(Starts(stronger), ElementsAre(0, 50));
}

TEST(ShotLengths, TheEndsHaveOneNeighbour) {
  contracts::EventList record = RecordOf({0, 3, 97}, 100, {0.9F, 0.9F});
  Keep({.min_s = 1}, record);
  EXPECT_THAT(Starts(record), ElementsAre(0));
  EXPECT_EQ(record.shots[0].end_frame, 100);
}

TEST(ShotLengths, OfARowOfShortShotsNoneStaysShort) {
  contracts::EventList record = RecordOf({0, 4, 8, 12, 16}, 40, {0.9F, 0.5F, 0.9F, 0.7F});
  Keep({.min_s = 1}, record);
  for (const contracts::Shot& shot : record.shots) EXPECT_GE(shot.end_s - shot.start_s, 1 - 1e-9);
  EXPECT_EQ(record.shots.front().start_frame, 0);
  EXPECT_EQ(record.shots.back().end_frame, 40);
}

TEST(ShotLengths, AShotOfExactlyTheLengthStays) {
  contracts::EventList record = RecordOf({0, 10, 20}, 30, {0.9F, 0.9F});
  EXPECT_EQ(Keep({.min_s = 1, .max_s = 1}, record).merged, 0);
  EXPECT_THAT(Starts(record), ElementsAre(0, 10, 20));
}

TEST(ShotLengths, AVideoShorterThanTheLeastIsOneShot) {
  contracts::EventList record = RecordOf({0, 3}, 6, {0.9F});
  Keep({.min_s = 60}, record);
  EXPECT_THAT(Starts(record), ElementsAre(0));
  contracts::EventList none;
  EXPECT_EQ(Keep({.min_s = 1, .max_s = 2}, none).merged, 0);
}

TEST(ShotLengths, ALongShotIsCutIntoAsFewEqualPartsAsKeepTheLength) {
  contracts::EventList record = RecordOf({0, 70}, 90, {0.9F});
  const ShotLengthChanges changes = Keep({.max_s = 2}, record);
  EXPECT_THAT(Starts(record), ElementsAre(0, 17, 35, 52, 70));
  EXPECT_EQ(changes.divided, 1);
  EXPECT_EQ(changes.parts, 4);
  EXPECT_FALSE(changes.quiet);
  EXPECT_DOUBLE_EQ(record.shots[1].start_s, 6.7);
  EXPECT_EQ(record.events.size(), 1U);
}

contracts::EventList WithSignals(contracts::EventList record, FrameIndex end) {
  contracts::FrameSignals& signals = record.signals.emplace();
  for (FrameIndex frame = 0; frame < end; ++frame) {
    signals.timeline.frame_indices.push_back(frame);
    signals.timeline.pts_s.push_back(5 + static_cast<double>(frame) / 10);
  }
  const auto pairs = static_cast<size_t>(end) - 1;
  signals.series = {{.name = "hist_diff_l1", .values = std::vector<float>(pairs, 0.5F)},
                    {.name = "flow_mag", .values = std::vector<float>(pairs, 2)}};
  return record;
}

TEST(ShotLengths, WithSignalsTheCutMovesToTheQuietestFrameNearby) {
  contracts::EventList record = WithSignals(RecordOf({0}, 60, {}), 60);
  record.signals->series[0].values[32 - 1] = 0.1F;  // frame 32, against frame 31
  record.signals->series[0].values[10 - 1] = 0;     // too far away
  const ShotLengthChanges changes = Keep({.max_s = 4}, record);
  EXPECT_TRUE(changes.quiet);
  EXPECT_THAT(Starts(record), ElementsAre(0, 32));
}

TEST(ShotLengths, NoPartIsTooLongBecauseOfAQuietFrame) {
  contracts::EventList record = WithSignals(RecordOf({0}, 60, {}), 60);
  record.signals->series[0].values[33 - 1] = 0;
  Keep({.max_s = 3.1}, record);
  for (const contracts::Shot& shot : record.shots) EXPECT_LE(shot.end_s - shot.start_s, 3.1 + 1e-9);
  EXPECT_EQ(record.shots.size(), 2U);
}

TEST(ShotLengths, PartsThatCannotKeepTheLeastLengthAreNotMade) {
  contracts::EventList record = RecordOf({0}, 60, {});
  const ShotLengthChanges changes = Keep({.min_s = 4, .max_s = 5}, record);
  EXPECT_EQ(changes.undivided, 1);
  EXPECT_THAT(Starts(record), ElementsAre(0));
  record.shot_lengths = {};
  EXPECT_EQ(Keep({.max_s = 0.01}, record).undivided, 1) << "shorter than a frame";
}

TEST(ShotLengths, OfTheRecordStayWhereTheOtherIsWanted) {
  contracts::EventList record = RecordOf({0}, 60, {});
  Keep({.min_s = 4}, record);
  EXPECT_EQ(Keep({.max_s = 5}, record).undivided, 1) << "parts would be shorter than 4 s";
  EXPECT_EQ(record.shot_lengths.min_s, 4);
}

TEST(ShotLengths, QuietPlacesNeverCostAPart) {
  contracts::EventList record = WithSignals(RecordOf({0}, 20, {}), 20);
  record.signals->series[0].values[6 - 1] = 0;
  Keep({.max_s = 0.7}, record);
  EXPECT_EQ(record.shots.size(), 3U);
}

TEST(ShotLengths, ThatContradictAreRefused) {
  contracts::EventList record = RecordOf({0}, 60, {});
  const auto refused = KeepShotLengths({.min_s = 3, .max_s = 2}, record);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Code::kInvalidArgument);
  EXPECT_EQ(
      refused.error().Text(),
      "--min-shot: is longer than --max-shot, so no shot can satisfy both; use a shorter one");
}

}  // namespace
}  // namespace reelbatch::store
