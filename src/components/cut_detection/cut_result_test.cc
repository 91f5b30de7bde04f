#include "components/cut_detection/cut_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reelbatch::components {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Every third frame of the source from 30 on, at 25 per second.
contracts::Timeline Sampled(int frames) {
  contracts::Timeline timeline;
  for (int i = 0; i < frames; ++i) {
    timeline.frame_indices.push_back(30 + 3 * i);
    timeline.pts_s.push_back(1.2 + 0.12 * i);
  }
  return timeline;
}

Finding CutAt(size_t pair, float strength = 1) {
  return {.type = contracts::EventType::kHard,
          .start = pair,
          .middle = pair + 1,
          .end = pair + 1,
          .confidence = 1,
          .strength = strength,
          .evidence = {}};
}

TEST(MakeEvents, FramesAreTheSources) {
  const auto events = MakeEvents({CutAt(4, 1.5F)}, Sampled(10), {});
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].type, contracts::EventType::kHard);
  EXPECT_EQ(events[0].start_frame, 42);
  EXPECT_EQ(events[0].frame, 45);
  EXPECT_EQ(events[0].end_frame, 45);
  EXPECT_DOUBLE_EQ(events[0].start_s, 1.2 + 0.12 * 4);
  EXPECT_DOUBLE_EQ(events[0].time_s, 1.2 + 0.12 * 5);
  EXPECT_FALSE(events[0].near_decode_error);
}

TEST(MakeEvents, MarksThoseNextToErrors) {
  contracts::DecodeReport report;
  report.error_frames = {10, 47};
  const auto near = [&](contracts::FrameIndex error) {
    report.error_frames = {error};
    return MakeEvents({CutAt(4)}, Sampled(10), report)[0].near_decode_error;
  };
  EXPECT_FALSE(near(29));
  EXPECT_TRUE(near(30));  // 42 - 12
  EXPECT_TRUE(near(45));
  EXPECT_TRUE(near(47));
  EXPECT_FALSE(near(48));
}

TEST(MakeShots, CoverTheTimeline) {
  const contracts::Timeline timeline = Sampled(10);
  const auto events = MakeEvents({CutAt(0), CutAt(4)}, timeline, {});
  const auto shots = MakeShots(events, timeline, {.frame_s = 0.04});
  ASSERT_EQ(shots.size(), 3U);
  EXPECT_EQ(shots[0].start_frame, 30);
  EXPECT_EQ(shots[0].end_frame, 33);
  EXPECT_EQ(shots[1].end_frame, shots[2].start_frame);
  EXPECT_EQ(shots[2].index, 2);
  EXPECT_EQ(shots[2].end_frame, 58);  // last frame 57
  EXPECT_NEAR(shots[2].end_s, 1.2 + 0.12 * 10, 1e-9);
  EXPECT_DOUBLE_EQ(shots[0].end_s, shots[1].start_s);
}

TEST(MakeShots, SplitWhereAnEventSaysSo) {
  Finding dissolve = CutAt(4);
  dissolve.type = contracts::EventType::kDissolve;
  dissolve.start = 2;
  dissolve.end = 7;
  Finding pan = CutAt(8);
  pan.type = contracts::EventType::kWhipPan;
  pan.splits = false;
  const contracts::Timeline timeline = Sampled(12);
  const auto events = MakeEvents({dissolve, pan}, timeline, {});
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].type, contracts::EventType::kDissolve);
  EXPECT_EQ(events[0].start_frame, 36);
  EXPECT_EQ(events[0].frame, 45);
  EXPECT_EQ(events[0].end_frame, 51);
  EXPECT_EQ(events[0].pair_index, 4);
  const auto shots = MakeShots(events, timeline, {.frame_s = 0.04});
  ASSERT_EQ(shots.size(), 2U);
  EXPECT_EQ(shots[1].start_frame, 45);
}

TEST(MakeShots, OfNothingAndOfOneFrame) {
  EXPECT_THAT(MakeShots({}, {}, {.frame_s = 0.04}), IsEmpty());
  const auto shots = MakeShots({}, Sampled(1), {.frame_s = 0.04});
  ASSERT_EQ(shots.size(), 1U);
  EXPECT_EQ(shots[0].end_frame, 31);
  EXPECT_DOUBLE_EQ(shots[0].end_s, 1.24);
}

TEST(MakeShots, EndWithTheVideoWhereOnlySomeFramesWereLookedAt) {
  // Frames 30, 33 .. 57 of a video that ends with frame 59.
  const auto shot =
      MakeShots({}, Sampled(10), {.frame_s = 0.04, .end_frame = 60, .decoded_s = 2.36}).back();
  EXPECT_EQ(shot.end_frame, 60);
  EXPECT_DOUBLE_EQ(shot.end_s, 2.4);
}

TEST(MakeShots, EndBeforeTheFrameThatFollows) {
  const auto end_s = [](int frames, double next_s) {
    return MakeShots({}, Sampled(frames), {.frame_s = 0.04, .next_s = next_s}).back().end_s;
  };
  EXPECT_DOUBLE_EQ(end_s(10, 2.3), 2.3) << "a step shorter than the median";
  EXPECT_NEAR(end_s(10, 9), 2.4, 1e-9) << "after a gap the last frame is not shown until then";
  EXPECT_DOUBLE_EQ(end_s(1, 1.22), 1.22);
}

TEST(FrameSeconds, IsAboveZeroWhateverTheContainerSays) {
  contracts::VideoInfo info;
  EXPECT_DOUBLE_EQ(FrameSeconds(info), 0.04);
  info.duration_s = 3;
  EXPECT_DOUBLE_EQ(FrameSeconds(info), 3);
  info.frames_expected = 30;
  EXPECT_DOUBLE_EQ(FrameSeconds(info), 0.1);
  info.nominal_fps = {50, 1};
  EXPECT_DOUBLE_EQ(FrameSeconds(info), 0.02);
  info.avg_fps = {25, 1};
  EXPECT_DOUBLE_EQ(FrameSeconds(info), 0.04);
}

TEST(MakeWarnings, ASoundVideoHasNone) { EXPECT_THAT(MakeWarnings({}, {}, 0), IsEmpty()); }

TEST(MakeWarnings, NamesWhatIsWrongWithTheInput) {
  contracts::DecodeReport report;
  report.frames_decoded = 652;
  report.frames_expected = 1253;
  report.truncated = true;
  report.decode_errors = 2;
  report.first_error = "error while decoding MB 3 4";
  report.missing_pts = 5;
  report.repaired_pts = 1;
  report.size_changed_at = 77;
  report.interlaced = true;
  contracts::Event event;
  event.near_decode_error = true;
  EXPECT_THAT(MakeWarnings(report, {event}, 9),
              ElementsAre(HasSubstr("652 of 1253"), HasSubstr("MB 3 4); 1 of 1"),
                          HasSubstr("5 frames"), HasSubstr("1 time stamp was wrong"),
                          HasSubstr("frame 77"), HasSubstr("interlaced"),
                          HasSubstr("9 events were found; the 1 with the highest confidence")));
  report.frames_expected.reset();
  EXPECT_THAT(MakeWarnings(report, {}, 0).front(), HasSubstr("after 652 decoded frames"));
}

}  // namespace
}  // namespace reelbatch::components
