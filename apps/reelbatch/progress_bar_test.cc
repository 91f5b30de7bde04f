#include "apps/reelbatch/progress_bar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/reelbatch/terminal.h"

namespace reelbatch::app {
namespace {

using testing::HasSubstr;

runtime::Progress At(int done, int total, double media_s_done, double media_s_total) {
  runtime::Progress progress;
  progress.videos_total = total;
  progress.videos_done = done;
  progress.media_s_done = media_s_done;
  progress.media_s_total = media_s_total;
  return progress;
}

runtime::Progress HalfWay() {
  runtime::Progress progress = At(3, 8, 84.6, 200);
  progress.videos_failed = 1;
  progress.frames_done = 1000;
  progress.elapsed_s = 4;
  progress.eta_s = 64.2;
  return progress;
}

contracts::VideoOutcome Done() {
  contracts::VideoOutcome outcome;
  outcome.results["cuts"].events.emplace().events.resize(12);
  outcome.decode.emplace().frames_decoded = 1253;
  outcome.duration_ns = 4'100'000'000;
  return outcome;
}

TEST(ProgressBar, ShowsShareRateAndEta) {
  EXPECT_EQ(
      BarText(HalfWay(), 120),
      "[############------------------]   42 %  3/8 videos  250 frames/s  ETA 1:05  1 failed");
}

TEST(ProgressBar, FitsNarrowTerminals) {
  for (int columns = 1; columns < 130; ++columns) {
    EXPECT_LT(DisplayWidth(BarText(HalfWay(), columns)), std::max(columns, 1)) << columns;
  }
  EXPECT_THAT(BarText(HalfWay(), 60), HasSubstr("42 %"));
}

TEST(ProgressBar, KnowsNothingYet) {
  EXPECT_EQ(BarText(At(0, 2, 0, 0), 120),
            "[------------------------------]    0 %  0/2 videos  ETA --");
  EXPECT_THAT(BarText(At(2, 2, 0, 0), 120), HasSubstr("100 %"));
  // All frames seen, but the last video is not over yet.
  EXPECT_THAT(BarText(At(1, 2, 7, 5), 120), HasSubstr(" 99 %"));
}

TEST(ProgressBar, OneLinePerVideo) {
  EXPECT_EQ(VideoLine("clip.mp4", Done()), "done  clip.mp4  12 cuts  1253 frames  4.1 s");
  contracts::VideoOutcome skipped = Done();
  skipped.status = contracts::VideoStatus::kSkipped;
  EXPECT_EQ(VideoLine("a b.mp4", skipped), "skipped  'a b.mp4'  unchanged  12 cuts  1253 frames");
  contracts::VideoOutcome failed;
  failed.status = contracts::VideoStatus::kError;
  failed.fault = {contracts::FaultCode::kVideoUnreadable, "x\n.mp4: moov atom not found"};
  EXPECT_EQ(VideoLine("x\n.mp4", failed),
            "failed  $'x\\n.mp4'  video_unreadable: moov atom not found");
  contracts::VideoOutcome empty;
  empty.status = contracts::VideoStatus::kEmpty;
  empty.empty_reason = contracts::EmptyReason::kVideoTooShort;
  empty.decode.emplace().frames_decoded = 1;
  EXPECT_EQ(VideoLine("x.mp4", empty), "empty  x.mp4  video_too_short  1 frame  0.0 s");
  contracts::VideoOutcome silent = Done();
  silent.component_empty = {{"speech_activity", contracts::EmptyReason::kAudioMissing}};
  EXPECT_EQ(VideoLine("clip.mp4", silent),
            "done  clip.mp4  12 cuts  speech_activity: audio_missing  1253 frames  4.1 s");
  silent.results.clear();
  silent.decode->frames_decoded = 0;
  silent.status = contracts::VideoStatus::kEmpty;
  silent.empty_reason = contracts::EmptyReason::kAudioMissing;
  EXPECT_EQ(VideoLine("clip.mp4", silent), "empty  clip.mp4  audio_missing  0 frames  4.1 s");
  contracts::VideoOutcome heard;
  heard.decode.emplace();
  EXPECT_EQ(VideoLine("clip.mp4", heard), "done  clip.mp4  0.0 s");
  contracts::VideoOutcome kept = Done();
  kept.kept = {{"core_optical_flow", ""}, {"cut_detection", "local/a/r-1"}};
  EXPECT_EQ(VideoLine("clip.mp4", kept),
            "done  clip.mp4  12 cuts  1253 frames  kept from an earlier run: core_optical_flow, "
            "cut_detection  4.1 s");
}

TEST(ProgressBar, RemembersCountsOnly) {
  contracts::VideoOutcome outcome = Done();
  outcome.results["cuts"].events->shots.resize(13);
  outcome.results["cuts"].events->warnings = {"interlaced"};
  outcome.decode->frames_expected = 2000;
  outcome.decode->decode_errors = 3;
  const VideoResult result = ResultOf(outcome);
  EXPECT_EQ(result.status, contracts::VideoStatus::kSuccess);
  EXPECT_EQ(result.fault(), nullptr);
  EXPECT_EQ(result.found.value().events, 12);
  EXPECT_EQ(result.found.value().shots, 13);
  EXPECT_THAT(result.details->warnings, testing::ElementsAre("interlaced"));
  EXPECT_EQ(result.decoded.value().frames, 1253);
  EXPECT_EQ(result.decoded.value().frames_expected, 2000);
  EXPECT_EQ(result.decoded.value().errors, 3);
  EXPECT_EQ(result.duration_ns, 4'100'000'000);
  EXPECT_EQ(ResultOf(Done()).details, nullptr);
  EXPECT_LE(sizeof(std::optional<VideoResult>), 160U);
  outcome.kept = {{"core_optical_flow", ""}, {"cut_detection", "local/a/r-1"}};
  outcome.fault = {.code = contracts::FaultCode::kSourceChanged, .reason = "changed"};
  const VideoResult failed = ResultOf(outcome);
  EXPECT_EQ(failed.fault()->reason, "changed");
  ASSERT_EQ(failed.kept.size(), 2U);
  EXPECT_EQ(failed.kept[1].component, "cut_detection");
  EXPECT_EQ(failed.kept[1].linked_from, "local/a/r-1");
}

TEST(ProgressBar, InputsMayComeWhileItIsShown) {
  Console console("reelbatch run");
  ProgressPrinter progress(console, 1, false);
  testing::internal::CaptureStderr();
  progress.OnVideoDone({.id = 2, .path = "c.mp4"}, Done());
  testing::internal::GetCapturedStderr();
  ASSERT_EQ(progress.results().size(), 3U);
  EXPECT_FALSE(progress.results()[0]);
  EXPECT_TRUE(progress.results()[2]);
}

TEST(ProgressBar, DamageIsSaid) {
  contracts::VideoOutcome damaged = Done();
  EXPECT_FALSE(DamageOf(damaged));
  damaged.decode->frames_expected = 2000;
  damaged.decode->decode_errors = 1;
  damaged.decode->error_frames = {1252};
  damaged.decode->truncated = true;
  damaged.decode->first_error = "Invalid data";
  EXPECT_EQ(DamageOf(damaged).value(),
            "the file ends early; only 1253 of 2000 frames could be decoded; 1 decode error near "
            "frame 1252 (Invalid data)");
  damaged.decode->frames_expected = 1253;
  damaged.decode->truncated = false;
  damaged.decode->decode_errors = 3;
  EXPECT_EQ(DamageOf(damaged).value(), "3 decode errors, the first near frame 1252 (Invalid data)");
}

TEST(ProgressBar, ARangeIsNoDamage) {
  contracts::VideoOutcome ranged = Done();
  ranged.decode->frames_expected = 2000;
  ranged.decode->past_range_s = 50;
  EXPECT_EQ(VideoLine("clip.mp4", ranged),
            "done  clip.mp4  12 cuts  1253 frames up to the end of the range  4.1 s");
  ranged.decode->decode_errors = 1;
  EXPECT_EQ(DamageOf(ranged).value(), "1 decode error");
}

TEST(ProgressBar, SaysWhereItWasLost) {
  Console console("reelbatch run");
  ProgressPrinter progress(console, 1, true);
  testing::internal::CaptureStderr();
  progress.Finish({});
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  testing::internal::CaptureStderr();
  runtime::RunReport report;
  report.observer_error = "std::bad_alloc";
  progress.Finish(report);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::StartsWith("warning: progress could not be shown to the end "
                                  "(std::bad_alloc); every video"));
}

TEST(ProgressBar, Durations) {
  EXPECT_EQ(FormatDuration(4.14), "4.1 s");
  EXPECT_EQ(FormatDuration(59.96), "1:00");
  EXPECT_EQ(FormatDuration(3725), "1:02:05");
  EXPECT_EQ(FormatDuration(-1), "?");
}

}  // namespace
}  // namespace reelbatch::app
