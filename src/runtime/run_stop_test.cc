// Runs that do not simply finish: stuck decoders, Ctrl-C, a sink that fails, --fail-fast.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/run.h"
#include "runtime/run_fakes.h"

namespace reelbatch::runtime {
namespace {

using fakes::FakeVideo;
using fakes::Scene;
using fakes::Trouble;
using testing::HasSubstr;
using testing::StartsWith;

/// The clock moves only while the video `stuck` hangs, so that a slow test machine makes no other
/// video look stuck.
void MoveWhileHanging(Scene& scene, int stuck) {
  scene.world->on_hang = [&scene] { scene.clock.Move(); };
  scene.sink.on_commit = [&scene, stuck](const Input& input, int) {
    if (input.id == stuck) scene.clock.Freeze();
  };
}

TEST(RunStop, AStuckDecoderIsStoppedAndNamed) {
  Scene scene({{}, {.duration_s = 9, .trouble = Trouble::kNextStuck}, {}});
  MoveWhileHanging(scene, 1);
  const RunReport report = scene.Go();
  EXPECT_EQ(report.end, RunEnd::kFinished);
  EXPECT_EQ(report.lanes_given_up, 0);
  EXPECT_EQ(report.totals.videos_failed, 1);
  EXPECT_THAT(
      scene.sink.texts().at(1),
      StartsWith("error decoder_stuck no frame for 0.1 s after frame 2; the decoder was stopped"));
  EXPECT_EQ(scene.sink.order(), (std::vector<int>{1, 0, 2}));
}

TEST(RunStop, AStuckDecoderThatWillNotStopIsGivenUpAndReplaced) {
  Scene scene({{}, {.duration_s = 9, .trouble = Trouble::kNextStuckForEver}, {}});
  // Bytes for one video only: the others run only if the lost lane's come back.
  scene.options.max_memory_bytes = VideoBytes(fakes::InfoOf({}), {}, 1);
  MoveWhileHanging(scene, 1);
  const RunReport report = scene.Go();
  EXPECT_EQ(report.end, RunEnd::kFinished);
  EXPECT_EQ(report.lanes_given_up, 1);
  EXPECT_EQ(report.totals.videos_done, 3);
  EXPECT_THAT(scene.sink.texts().at(1),
              StartsWith("error decoder_stuck no frame for 0.1 s after frame 2"));
  EXPECT_EQ(scene.sink.order(), (std::vector<int>{1, 0, 2}));
  const auto before = scene.sink.texts();
  scene.world->gate.Open();
  scene.world->gate.AwaitLeave();
  EXPECT_EQ(scene.sink.texts(), before);  // what the lost lane does later touches nothing
  EXPECT_EQ(scene.sink.protocol_errors(), 0);
}

TEST(RunStop, AProbeThatIsStoppedIsThatVideosFaultAlone) {
  Scene scene({{.trouble = Trouble::kProbeStuck}, {}});
  MoveWhileHanging(scene, 0);
  const RunReport report = scene.Go();
  EXPECT_EQ(report.end, RunEnd::kFinished);
  EXPECT_EQ(report.lanes_given_up, 0);
  EXPECT_THAT(scene.sink.texts().at(0),
              StartsWith("error decoder_stuck opening it took more than 0.1 s"));
  EXPECT_EQ(scene.sink.outcome(1).status, contracts::VideoStatus::kSuccess);
  EXPECT_EQ(scene.sink.protocol_errors(), 0);
}

TEST(RunStop, AStuckProbeIsGivenUpWithoutHoldingUpTheRest) {
  Scene scene({{.trouble = Trouble::kProbeStuckForEver}, {}, {}, {}});
  scene.options.threads = 2;
  // The clock stands still until everything else is done.
  scene.sink.on_commit = [&scene](const Input&, int commits) {
    if (commits == 3) scene.clock.Move();
  };
  const RunReport report = scene.Go();
  EXPECT_EQ(report.end, RunEnd::kFinished);
  EXPECT_EQ(report.lanes_given_up, 1);
  EXPECT_THAT(scene.sink.texts().at(0),
              StartsWith("error decoder_stuck opening it took more than 0.1 s"));
  EXPECT_EQ(scene.sink.order().back(), 0);
  EXPECT_EQ(scene.sink.protocol_errors(), 0);
  scene.world->gate.Open();
  scene.world->gate.AwaitLeave();
}

TEST(RunStop, EveryLaneLostIsStillAResultForEveryVideo) {
  std::vector<FakeVideo> videos(3, FakeVideo{.trouble = Trouble::kProbeStuckForEver});
  Scene scene(videos);
  scene.options.threads = 3;
  scene.clock.Move();
  const RunReport report = scene.Go();
  EXPECT_EQ(report.end, RunEnd::kFinished);
  EXPECT_EQ(report.lanes_given_up, 3);
  EXPECT_EQ(report.totals.videos_failed, 3);
  scene.world->gate.Open();
  scene.world->gate.AwaitLeave();
}

TEST(RunStop, CancelStopsAtTheNextFrameAndKeepsWhatWasCommitted) {
  Scene scene(std::vector<FakeVideo>(50, FakeVideo{.frames = 60}));
  scene.options.threads = 2;
  scene.sink.on_commit = [&scene](const Input&, int commits) {
    if (commits == 5) scene.cancel.Cancel();
  };
  const RunReport report = scene.Go();
  EXPECT_EQ(report.end, RunEnd::kCancelled);
  EXPECT_GE(scene.sink.order().size(), 5U);
  EXPECT_LE(scene.sink.order().size(), 7U);  // the commits in hand
  EXPECT_EQ(report.totals.videos_done, static_cast<int>(scene.sink.order().size()));
  for (const auto& [id, text] : scene.sink.texts()) EXPECT_THAT(text, StartsWith("success")) << id;
  EXPECT_EQ(scene.world->bytes.value(), 0);
}

TEST(RunStop, CancelledBeforeItStartsItDoesNothing) {
  Scene scene(std::vector<FakeVideo>(3));
  scene.cancel.Cancel();
  EXPECT_EQ(scene.Go().end, RunEnd::kCancelled);
  EXPECT_EQ(scene.world->probes, 0);
}

TEST(RunStop, CancelledAfterTheLastVideoItIsFinished) {
  Scene scene(std::vector<FakeVideo>(3));
  scene.sink.on_commit = [&scene](const Input&, int commits) {
    if (commits == 3) scene.cancel.Cancel();
  };
  EXPECT_EQ(scene.Go().end, RunEnd::kFinished);
}

TEST(RunStop, CancelDoesNotWaitForALaneThatHangs) {
  Scene scene({{.trouble = Trouble::kNextStuckForEver}, {}});
  scene.options.stall_timeout =
      std::chrono::milliseconds(0);  // never stuck; the grace after a cancel still counts
  scene.world->on_hang = [&scene] {
    scene.cancel.Cancel();
    scene.clock.Move();
  };
  const RunReport report = scene.Go();
  EXPECT_EQ(report.end, RunEnd::kCancelled);
  EXPECT_EQ(report.lanes_given_up, 1);
  EXPECT_TRUE(scene.sink.order().empty());
  scene.world->gate.Open();
  scene.world->gate.AwaitLeave();
}

TEST(RunStop, ASinkThatFailsEndsTheRun) {
  Scene scene(std::vector<FakeVideo>(50));
  scene.options.threads = 4;
  scene.sink.fail_at = 7;
  const RunReport report = scene.Go();
  EXPECT_EQ(report.end, RunEnd::kSinkFailed);
  EXPECT_EQ(report.sink_error.code, base::Code::kIo);
  EXPECT_THAT(report.sink_error.Text(), HasSubstr("no space left on device"));
  EXPECT_EQ(scene.sink.order().size(), 7U);
  EXPECT_EQ(report.totals.videos_done, 7);
}

TEST(RunStop, ASinkThatCannotAnswerEndsTheRun) {
  Scene scene(std::vector<FakeVideo>(5));
  scene.sink.begin_errors[2] = {.code = base::Code::kUnavailable, .message = "the state is gone"};
  const RunReport report = scene.Go();
  EXPECT_EQ(report.end, RunEnd::kSinkFailed);
  EXPECT_EQ(report.sink_error.code, base::Code::kUnavailable);
  EXPECT_LT(scene.sink.order().size(), 5U);
}

TEST(RunStop, FailFastStopsAtTheFirstFailure) {
  std::vector<FakeVideo> videos(30);
  videos[4] = {.duration_s = 99, .width = 500, .trouble = Trouble::kNextFails};
  Scene scene(videos);
  scene.options.fail_fast = true;
  const RunReport report = scene.Go();
  EXPECT_EQ(report.end, RunEnd::kFailedFast);
  EXPECT_EQ(scene.sink.order(), std::vector<int>{4});
  EXPECT_EQ(report.totals.videos_failed, 1);
}

}  // namespace
}  // namespace reelbatch::runtime
