#include "components/cut_detection/selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reelbatch::components {
namespace {

using contracts::Event;
using contracts::EventType;
using testing::ElementsAre;
using testing::IsEmpty;

Event Of(EventType type, contracts::FrameIndex start, contracts::FrameIndex end, float confidence) {
  Event event;
  event.type = type;
  event.frame = type == EventType::kHard ? end : (start + end) / 2;
  event.start_frame = start;
  event.end_frame = end;
  event.time_s = static_cast<double>(event.frame) / 25;
  event.confidence = confidence;
  event.strength = confidence;
  event.splits = !contracts::IsObservation(type);
  return event;
}

Event Cut(contracts::FrameIndex frame, float confidence) {
  return Of(EventType::kHard, frame - 1, frame, confidence);
}

std::vector<contracts::FrameIndex> Frames(const std::vector<Event>& events) {
  std::vector<contracts::FrameIndex> frames;
  frames.reserve(events.size());
  for (const Event& event : events) frames.push_back(event.frame);
  return frames;
}

TEST(Select, DrawsTheLine) {
  const std::vector<Event> found{Cut(90, 0.9F), Cut(10, 0.5F), Cut(50, 0.3F)};
  EXPECT_THAT(Frames(Select(found, 0.5).events), ElementsAre(10, 90));
  EXPECT_THAT(Frames(Select(found, 0.5).candidates), ElementsAre(50));
  EXPECT_THAT(Frames(Select(found, 0.3).events), ElementsAre(10, 50, 90));
  EXPECT_THAT(Frames(Select(found, 0.95).events), IsEmpty());
  EXPECT_THAT(Frames(Select(found, 0.95).candidates), ElementsAre(10, 50, 90));
}

TEST(Select, OfTwoThatShareFramesTheSurerCounts) {
  const std::vector<Event> found{Of(EventType::kDissolve, 20, 40, 0.4F), Cut(30, 0.8F),
                                 Of(EventType::kWipe, 40, 60, 0.3F)};
  EXPECT_THAT(Frames(Select(found, 0.2).events), ElementsAre(30, 50))
      << "40 is shared by its edge only";
  EXPECT_THAT(Frames(Select(found, 0.2).candidates), ElementsAre(30));
}

TEST(Select, ObservationsShareFramesWithAnything) {
  const std::vector<Event> found{Of(EventType::kWhipPan, 0, 50, 0.9F), Cut(30, 0.8F)};
  EXPECT_EQ(Select(found, 0.5).events.size(), 2U);
}

TEST(Select, GivesTheSameAnswerWhenTheSameLineIsDrawnAgain) {
  const std::vector<Event> found{Cut(10, 0.5F), Of(EventType::kDissolve, 5, 30, 0.45F),
                                 Cut(28, 0.2F)};
  for (const double line : {0.2, 0.45, 0.5, 1.0}) {
    const Selection first = Select(found, line);
    std::vector<Event> both = first.events;
    both.insert(both.end(), first.candidates.begin(), first.candidates.end());
    EXPECT_EQ(Frames(Select(both, line).events), Frames(first.events)) << line;
    EXPECT_EQ(Frames(Select(both, 0.2).events), Frames(Select(found, 0.2).events)) << line;
  }
}

TEST(Select, KeepsTheStrongestByTime) {
  constexpr size_t kMost = CutDetectionResult::kMaxEvents;
  std::vector<Event> found;
  for (int i = 1; i <= static_cast<int>(kMost) + 2; ++i)
    found.push_back(Cut(i, i == 2 || i == 8 ? 0.6F : 0.8F));
  const Selection selection = Select(found, 0.5);
  ASSERT_EQ(selection.events.size(), kMost);
  EXPECT_EQ(selection.found, kMost + 2);
  EXPECT_EQ(selection.events[1].frame, 3);
  EXPECT_EQ(selection.events.back().frame, static_cast<int>(kMost + 2));
}

TEST(SplitIntoShots, CoversTheWhole) {
  const contracts::Shot whole{
      .index = 0, .start_frame = 0, .end_frame = 100, .start_s = 0, .end_s = 4};
  const auto shots =
      SplitIntoShots(whole, {Cut(25, 1), Of(EventType::kZoom, 30, 60, 1), Cut(75, 1)});
  ASSERT_EQ(shots.size(), 3U);
  EXPECT_EQ(shots[1].index, 1);
  EXPECT_EQ(shots[1].start_frame, 25);
  EXPECT_EQ(shots[1].end_frame, 75);
  EXPECT_DOUBLE_EQ(shots[1].end_s, 3);
  EXPECT_EQ(shots[2].end_frame, 100);
  EXPECT_EQ(SplitIntoShots(whole, {}).size(), 1U);
}

}  // namespace
}  // namespace reelbatch::components
