#include "runtime/range_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <utility>

namespace reelbatch::runtime {
namespace {

using media::KeyframeRange;
using media::RangeReader;

/// What went before a frame, as its meter saw it: -1 where it saw nothing.
struct SeenBefore final : components::FrameMeasure {
  double before_s = -1;
  double now_s = -1;
};

class SeeingMeter final : public components::FrameMeter {
 public:
  std::unique_ptr<components::FrameMeasure> NewMeasure() const override {
    return std::make_unique<SeenBefore>();
  }
  base::Status Measure(const image::StampedFrame& frame, components::FrameMeasure& out) override {
    auto& seen = static_cast<SeenBefore&>(out);
    seen.before_s = std::exchange(last_s_, frame.pts_s);
    seen.now_s = frame.pts_s;
    return {};
  }

 private:
  double last_s_ = -1;
};

class SeeingComponent final : public components::Component {
 public:
  std::string_view name() const override { return "seeing"; }
  base::Status Open(const contracts::VideoInfo&) override { return {}; }
  std::unique_ptr<components::FrameMeter> MakeMeter(components::SharedFlows&) const override {
    return std::make_unique<SeeingMeter>();
  }
  base::Status Take(const image::FrameStamp&, components::FrameMeasure&) override { return {}; }
  base::Status Close(const contracts::DecodeReport&, contracts::VideoOutcome&) override {
    return {};
  }
};

enum class Trouble : uint8_t { kNone, kOpenFails, kErrorInside, kThrows, kOtherPicture };

/// Frame n stands at n seconds; ranges say where they begin and end in frames.
class CountedRange final : public RangeReader {
 public:
  CountedRange(int frames, Trouble trouble) : frames_(frames), trouble_(trouble) {}

  base::Status Begin(const KeyframeRange& range) override {
    range_ = range;
    next_ = range.first_pts.value_or(0);
    frame_.index = -1;
    behind_ = false;
    return {};
  }
  base::Result<const image::StampedFrame*> Next() override {
    if (behind_ || next_ == frames_) return nullptr;
    if (next_ == frames_ / 2 && trouble_ == Trouble::kErrorInside) {
      return base::Fail(base::Code::kCorrupt, "damaged");
    }
    if (next_ == frames_ / 2 && trouble_ == Trouble::kThrows) throw std::runtime_error("exploded");
    behind_ = next_ == range_.end_pts;
    ++frame_.index;
    frame_.pts_s = static_cast<double>(next_++);
    return &frame_;
  }
  bool behind() const override { return behind_; }
  uint32_t PictureSum() const override {
    const bool other = trouble_ == Trouble::kOtherPicture && frame_.index == 0;
    return static_cast<uint32_t>(frame_.pts_s) + (other ? 1 : 0);
  }
  bool interlaced() const override { return false; }

 private:
  const int frames_;
  const Trouble trouble_;
  KeyframeRange range_;
  int64_t next_ = 0;
  bool behind_ = false;
  image::StampedFrame frame_;
};

struct Feed {
  Feed(int frames, int range_frames, int workers, Trouble trouble = Trouble::kNone) {
    media::RangePlan plan;
    plan.info.frames_expected = frames;
    plan.info.avg_fps = {.num = 1, .den = 1};
    plan.tick_s = 1;
    for (int64_t at = 0; at < frames; at += range_frames) {
      KeyframeRange range;
      if (at > 0) range.first_pts = at;
      if (at + range_frames < frames) range.end_pts = at + range_frames;
      plan.ranges.push_back(range);
    }
    components.push_back(std::make_unique<SeeingComponent>());
    const auto open = [frames, trouble]() -> base::Result<std::unique_ptr<RangeReader>> {
      if (trouble == Trouble::kOpenFails) return base::Fail(base::Code::kIo, "gone");
      return std::make_unique<CountedRange>(frames, trouble);
    };
    feed = MakeRangeFeed(plan, {.open = open, .workers = workers, .costs = &costs});
    EXPECT_TRUE(feed->Start(components));
  }

  /// Reads to the end or to the error.
  std::string Read() {
    for (int i = 0;; ++i) {
      const auto frame = feed->Next();
      if (!frame) return frame.error().Text();
      if (*frame == nullptr) return "";
      const auto& seen = static_cast<const SeenBefore&>(*(*frame)->measures[0]);
      EXPECT_EQ((*frame)->stamp.index, i);
      EXPECT_EQ((*frame)->stamp.pts_s, i);
      EXPECT_EQ(seen.now_s, i);
      EXPECT_EQ(seen.before_s, i - 1) << "the pair across a seam too";
      given = i + 1;
    }
  }

  Components components;
  CostLog costs;
  std::unique_ptr<MeasuredFeed> feed;
  int given = 0;
};

TEST(RangeFeed, GivesEveryFrameOnceInOrderWithTheOneBefore) {
  for (const int workers : {1, 2, 5}) {
    for (const int range_frames : {1, 7, 100, 5000}) {
      Feed feed(1000, range_frames, workers);
      EXPECT_EQ(feed.Read(), "") << workers << ' ' << range_frames;
      EXPECT_EQ(feed.given, 1000);
      EXPECT_EQ(feed.feed->report().frames_decoded, 1000);
    }
  }
}

TEST(RangeFeed, GoesOnWhereRangesHoldMoreThanMayWait) {
  for (const int range_frames : {300, 700, 1500}) {
    Feed feed(6000, range_frames, 3);
    EXPECT_EQ(feed.Read(), "") << range_frames;
    EXPECT_EQ(feed.given, 6000);
  }
}

TEST(RangeFeed, PassesErrorsOn) {
  EXPECT_THAT(Feed(1000, 10, 3, Trouble::kOpenFails).Read(), testing::HasSubstr("gone"));
  EXPECT_THAT(Feed(1000, 10, 3, Trouble::kErrorInside).Read(), testing::HasSubstr("damaged"));
  EXPECT_THAT(Feed(1000, 10, 3, Trouble::kThrows).Read(), testing::HasSubstr("exploded"));
}

TEST(RangeFeed, RefusesASeamWithTwoPictures) {
  EXPECT_THAT(Feed(1000, 10, 3, Trouble::kOtherPicture).Read(),
              testing::HasSubstr("different pictures"));
}

TEST(RangeFeed, CanBeLeftAtAnyTime) {
  for (int taken = 0; taken < 30; taken += 3) {
    const Feed feed(2000, 200, 3);
    for (int i = 0; i < taken; ++i) ASSERT_TRUE(feed.feed->Next());
  }
}

}  // namespace
}  // namespace reelbatch::runtime
