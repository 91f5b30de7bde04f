#include "engine/pushed_frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>
#include <utility>

#include "components/cut_detection/test_frames.h"

namespace reelbatch::engine {
namespace {

using base::Code;
using ::testing::ElementsAre;

/// What a component is asked to fail at.
enum class FailsAt : uint8_t { kNothing, kOpen, kMeasure, kTake, kClose, kConclude };

/// Counts its frames; at its point of failure it says `internal`, or has no memory.
class Faulty final : public components::Component {
 public:
  Faulty(FailsAt at, bool throws) : at_(at), throws_(throws) {}

  std::string_view name() const override { return "faulty"; }
  base::Status Open(const contracts::VideoInfo&) override { return Reach(FailsAt::kOpen); }
  std::unique_ptr<components::FrameMeter> MakeMeter(components::SharedFlows&) const override {
    return std::make_unique<Meter>(*this);
  }
  base::Status Take(const image::FrameStamp& stamp, components::FrameMeasure&) override {
    frames_.push_back(stamp.index);
    return Reach(FailsAt::kTake);
  }
  base::Status Close(const contracts::DecodeReport&, contracts::VideoOutcome& outcome) override {
    outcome.results["faulty"].arrays = {contracts::MakeTensor("frames", frames_)};
    return Reach(FailsAt::kClose);
  }
  base::Status Conclude(contracts::VideoOutcome&) override { return Reach(FailsAt::kConclude); }

 private:
  class Meter final : public components::FrameMeter {
   public:
    explicit Meter(const Faulty& owner) : owner_(owner) {}
    std::unique_ptr<components::FrameMeasure> NewMeasure() const override {
      return std::make_unique<components::FrameMeasure>();
    }
    base::Status Measure(const image::StampedFrame&, components::FrameMeasure&) override {
      return owner_.Reach(FailsAt::kMeasure);
    }

   private:
    const Faulty& owner_;
  };

  base::Status Reach(FailsAt point) const {
    if (point != at_) return {};
    if (throws_) throw std::bad_alloc();
    return base::Fail(Code::kInternal, "as asked");
  }

  const FailsAt at_;
  const bool throws_;
  std::vector<int64_t> frames_;
};

base::Result<PushedFrames> OpenOver(FailsAt at, bool throws = false) {
  std::vector<std::unique_ptr<components::Component>> components;
  components.push_back(std::make_unique<Faulty>(at, throws));
  return PushedFrames::Open(std::move(components), {});
}

const image::FrameView& AnyFrame() {
  static const components::TestFrame frame(16, 16, 1);
  static const image::FrameView view = frame.view();
  return view;
}

TEST(PushedFrames, GivesWhatARunGives) {
  auto frames = OpenOver(FailsAt::kNothing);
  ASSERT_TRUE(frames);
  for (const double time_s : {0.5, 1.0, 2.0}) ASSERT_TRUE(frames->Push(AnyFrame(), time_s));
  const auto outcome = frames->Finish();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->decode->frames_decoded, 3);
  EXPECT_EQ(outcome->decode->end_frame, 3);
  EXPECT_EQ(outcome->decode->last_pts_s, 2.0);
  EXPECT_THAT(contracts::ArrayOf<int64_t>(outcome->results.at("faulty"), "frames"),
              ElementsAre(0, 1, 2));
}

TEST(PushedFrames, AComponentThatDoesNotOpenIsSaid) {
  EXPECT_EQ(OpenOver(FailsAt::kOpen).error().code, Code::kInternal);
  EXPECT_EQ(OpenOver(FailsAt::kOpen, true).error().code, Code::kOutOfMemory);
}

TEST(PushedFrames, AnErrorIsTheEnd) {
  for (const FailsAt at : {FailsAt::kMeasure, FailsAt::kTake}) {
    for (const bool throws : {false, true}) {
      auto frames = OpenOver(at, throws);
      ASSERT_TRUE(frames);
      const Code code = throws ? Code::kOutOfMemory : Code::kInternal;
      EXPECT_EQ(frames->Push(AnyFrame(), 0).error().code, code);
      EXPECT_EQ(frames->Push(AnyFrame(), 1).error().code, code);
      EXPECT_EQ(frames->Finish().error().code, code);
    }
  }
}

TEST(PushedFrames, AFrameThatCouldNotBeMadeIsTheEnd) {
  auto frames = OpenOver(FailsAt::kNothing);
  ASSERT_TRUE(frames);
  EXPECT_EQ(frames->Push(base::Fail(Code::kOutOfMemory, "none"), 0).error().code,
            Code::kOutOfMemory);
  EXPECT_EQ(frames->Push(AnyFrame(), 1).error().code, Code::kOutOfMemory);
  EXPECT_EQ(frames->Finish().error().code, Code::kOutOfMemory);
}

TEST(PushedFrames, AComponentThatDoesNotConcludeIsSaid) {
  for (const FailsAt at : {FailsAt::kClose, FailsAt::kConclude}) {
    for (const bool throws : {false, true}) {
      auto frames = OpenOver(at, throws);
      ASSERT_TRUE(frames);
      ASSERT_TRUE(frames->Push(AnyFrame(), 0));
      EXPECT_EQ(frames->Finish().error().code, throws ? Code::kOutOfMemory : Code::kInternal);
    }
  }
}

}  // namespace
}  // namespace reelbatch::engine
