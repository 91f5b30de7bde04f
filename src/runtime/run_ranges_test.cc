// Runs that decode their only video in ranges, and what happens where ranges fail.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/run.h"
#include "runtime/run_fakes.h"

namespace reelbatch::runtime {
namespace {

using fakes::Scene;
using testing::HasSubstr;
using testing::StartsWith;

constexpr int kFrames = 1000;
constexpr double kFps = 25;

enum class RangeTrouble : uint8_t {
  kNone,
  kPlanFails,
  kOneRange,
  kOpenFails,
  kDamaged,       // in the middle of the video
  kStuck,         // there; comes back when cancelled
  kRunCancelled,  // there, by the user; comes back when cancelled
};

/// What ranges of the fake videos do: frame n stands at n / 25 seconds.
class FakeRange final : public media::RangeReader {
 public:
  FakeRange(RangeTrouble trouble, const media::ReaderOptions& options, Scene& scene)
      : trouble_(trouble), options_(options), scene_(scene) {}

  base::Status Begin(const media::KeyframeRange& range) override {
    range_ = range;
    next_ = range.first_pts.value_or(0);
    frame_.index = -1;
    behind_ = false;
    return {};
  }
  base::Result<const image::StampedFrame*> Next() override {
    if (options_.cancel->cancelled()) return base::Fail(base::Code::kCancelled, "cancelled");
    if (behind_ || next_ == kFrames) return nullptr;
    if (next_ == kFrames / 2) {
      if (auto trouble = InTheMiddle(); !trouble) return std::unexpected(trouble.error());
    }
    if (options_.on_decoded) options_.on_decoded();
    behind_ = next_ == range_.end_pts;
    ++frame_.index;
    frame_.pts_s = static_cast<double>(next_++) / kFps;
    return &frame_;
  }
  bool behind() const override { return behind_; }
  uint32_t PictureSum() const override { return static_cast<uint32_t>(frame_.pts_s * kFps); }
  bool interlaced() const override { return false; }

 private:
  base::Status InTheMiddle() const {
    if (trouble_ == RangeTrouble::kDamaged) return base::Fail(base::Code::kCorrupt, "damaged");
    if (trouble_ == RangeTrouble::kStuck) {
      scene_.clock.Move();
    } else if (trouble_ == RangeTrouble::kRunCancelled) {
      scene_.cancel.Cancel();
    } else {
      return {};
    }
    while (!options_.cancel->cancelled()) std::this_thread::yield();
    return base::Fail(base::Code::kCancelled, "cancelled");
  }

  const RangeTrouble trouble_;
  const media::ReaderOptions options_;
  Scene& scene_;
  media::KeyframeRange range_;
  int64_t next_ = 0;
  bool behind_ = false;
  image::StampedFrame frame_;
};

media::RangePlan PlanOf(const contracts::VideoInfo& info, RangeTrouble trouble) {
  media::RangePlan plan{.info = info, .tick_s = 1 / kFps, .ranges = {}};
  const int range_frames = trouble == RangeTrouble::kOneRange ? kFrames : 150;
  for (int64_t at = 0; at < kFrames; at += range_frames) {
    media::KeyframeRange range;
    if (at > 0) range.first_pts = at;
    if (at + range_frames < kFrames) range.end_pts = at + range_frames;
    plan.ranges.push_back(range);
  }
  return plan;
}

struct Ranged {
  explicit Ranged(RangeTrouble trouble, fakes::Trouble whole = fakes::Trouble::kNone)
      : scene({{.duration_s = kFrames / kFps, .frames = kFrames, .trouble = whole}}) {
    scene.options.threads = 3;
    RunDependencies dependencies = DependenciesOf(scene.world);
    dependencies.probe = [this](const auto& path, const base::CancelToken*) { return Info(path); };
    dependencies.plan_ranges = [this, trouble](const auto& path, const media::ReaderOptions&,
                                               double) -> base::Result<media::RangePlan> {
      if (trouble == RangeTrouble::kPlanFails) return base::Fail(base::Code::kIo, "no plan");
      return PlanOf(Info(path), trouble);
    };
    dependencies.open_range = [this, trouble](const auto&, const media::ReaderOptions& options)
        -> base::Result<std::unique_ptr<media::RangeReader>> {
      ++ranges_opened;
      if (trouble == RangeTrouble::kOpenFails) return base::Fail(base::Code::kIo, "gone");
      return std::make_unique<FakeRange>(trouble, options, scene);
    };
    report = Run(scene.inputs, scene.options, dependencies, scene.sink, nullptr, scene.clock,
                 scene.cancel);
  }

  contracts::VideoInfo Info(const std::filesystem::path& path) const {
    contracts::VideoInfo info = fakes::InfoOf(scene.world->videos.at(path.string()));
    info.container = "mov,mp4,m4a,3gp,3g2,mj2";
    info.frames_expected = kFrames;
    info.avg_fps = {.num = 25, .den = 1};
    return info;
  }

  Scene scene;
  std::atomic<int> ranges_opened{0};
  RunReport report;
};

std::string TextOfTheWhole() {
  Scene scene({{.duration_s = kFrames / kFps, .frames = kFrames}});
  scene.Go();
  return scene.sink.texts().at(0);
}

TEST(RunRanges, GiveWhatTheWholeGives) {
  const Ranged ranged(RangeTrouble::kNone);
  EXPECT_EQ(ranged.report.end, RunEnd::kFinished);
  EXPECT_GT(ranged.ranges_opened, 0);
  EXPECT_EQ(ranged.scene.world->opens, 0);
  EXPECT_EQ(ranged.scene.sink.texts().at(0), TextOfTheWhole());
}

TEST(RunRanges, AVideoWhoseRangesFailIsDecodedAsAWhole) {
  for (const RangeTrouble trouble : {RangeTrouble::kPlanFails, RangeTrouble::kOneRange,
                                     RangeTrouble::kOpenFails, RangeTrouble::kDamaged}) {
    const Ranged ranged(trouble);
    EXPECT_EQ(ranged.scene.world->opens, 1) << static_cast<int>(trouble);
    EXPECT_EQ(ranged.scene.sink.texts().at(0), TextOfTheWhole()) << static_cast<int>(trouble);
    EXPECT_EQ(ranged.scene.sink.protocol_errors(), 0);
    EXPECT_EQ(ranged.scene.world->bytes.value(), 0);
  }
}

TEST(RunRanges, WhatIsWrongWithTheWholeIsSaidOfTheWhole) {
  const Ranged damaged(RangeTrouble::kDamaged, fakes::Trouble::kNextFails);
  EXPECT_THAT(damaged.scene.sink.texts().at(0),
              StartsWith("error video_unreadable no frame could be decoded"));
  const Ranged component(RangeTrouble::kNone, fakes::Trouble::kComponentThrows);
  EXPECT_GT(component.ranges_opened, 0);
  EXPECT_EQ(component.scene.world->opens, 2);  // with frame threads, then with one
  EXPECT_THAT(component.scene.sink.texts().at(0), StartsWith("error component_failed fake: "));
}

TEST(RunRanges, AStuckWorkerIsStoppedAndNamed) {
  const Ranged ranged(RangeTrouble::kStuck);
  EXPECT_EQ(ranged.report.end, RunEnd::kFinished);
  EXPECT_EQ(ranged.report.lanes_given_up, 0);
  EXPECT_EQ(ranged.scene.world->opens, 0) << "what hangs once is not tried again";
  EXPECT_THAT(ranged.scene.sink.texts().at(0),
              testing::AllOf(StartsWith("error decoder_stuck no frame for 0.1 s"),
                             HasSubstr("the decoder was stopped")));
}

TEST(RunRanges, CancelStopsTheWorkers) {
  const Ranged ranged(RangeTrouble::kRunCancelled);
  EXPECT_EQ(ranged.report.end, RunEnd::kCancelled);
  EXPECT_TRUE(ranged.scene.sink.order().empty());
  EXPECT_EQ(ranged.scene.world->bytes.value(), 0);
}

}  // namespace
}  // namespace reelbatch::runtime
