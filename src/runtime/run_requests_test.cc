// Components of one run that look at different frames of a video.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "components/shared_flow.h"
#include "runtime/run.h"
#include "runtime/run_fakes.h"

namespace reelbatch::runtime {
namespace {

using contracts::EmptyReason;
using fakes::FakeVideo;
using fakes::Scene;
using testing::ElementsAre;
using testing::Pair;
using testing::UnorderedElementsAre;

struct SeenMeasure final : components::FrameMeasure {
  contracts::FrameIndex before = -1;
  contracts::FrameIndex now = -1;
};

/// Knows a frame and the one measured before it.
class SeenMeter final : public components::FrameMeter {
 public:
  std::unique_ptr<components::FrameMeasure> NewMeasure() const override {
    return std::make_unique<SeenMeasure>();
  }
  base::Status Measure(const image::StampedFrame& frame, components::FrameMeasure& out) override {
    auto& seen = static_cast<SeenMeasure&>(out);
    seen.before = std::exchange(last_, frame.index);
    seen.now = frame.index;
    return {};
  }

 private:
  contracts::FrameIndex last_ = -1;
};

/// What its components have told, by name.
struct Told {
  std::map<std::string, std::vector<std::pair<contracts::FrameIndex, contracts::FrameIndex>>> pairs;
  std::map<std::string, const components::SharedFlow*> flows;
};

/// Its frames, each with the one that its meter saw before.
class SeenComponent final : public components::Component {
 public:
  SeenComponent(std::string name, Told& told) : name_(std::move(name)), told_(told) {}
  std::string_view name() const override { return name_; }
  base::Status Open(const contracts::VideoInfo&) override { return {}; }
  std::unique_ptr<components::FrameMeter> MakeMeter(components::SharedFlows& flows) const override {
    told_.flows[name_] = flows.OfSide(320).get();
    return std::make_unique<SeenMeter>();
  }
  base::Status Take(const image::FrameStamp& stamp, components::FrameMeasure& measure) override {
    const auto& seen = static_cast<const SeenMeasure&>(measure);
    EXPECT_EQ(seen.now, stamp.index) << "a measure of this very frame";
    told_.pairs[name_].emplace_back(seen.before, stamp.index);
    return {};
  }
  base::Status Close(const contracts::DecodeReport&, contracts::VideoOutcome& outcome) override {
    outcome.results[name_] = {};
    return {};
  }

 private:
  const std::string name_;
  Told& told_;
};

/// One video of 25 frames at 25 a second, and components that want frames of it.
struct Sampled {
  explicit Sampled(FrameRequests frames, int threads = 1)
      : scene({FakeVideo{}}), wanted(std::move(frames)) {
    scene.options.threads = threads;
  }

  contracts::VideoOutcome Go() {
    RunDependencies dependencies = DependenciesOf(scene.world);
    dependencies.frames = wanted;
    dependencies.make_components = [this](const MakeRequest&) {
      std::vector<std::unique_ptr<components::Component>> made;
      for (const auto& [name, request] : wanted)
        made.push_back(std::make_unique<SeenComponent>(name, told));
      return made;
    };
    const RunReport report = Run(scene.inputs, scene.options, dependencies, scene.sink, nullptr,
                                 scene.clock, scene.cancel);
    EXPECT_EQ(report.end, RunEnd::kFinished);
    return scene.sink.outcome(0);
  }

  Scene scene;
  FrameRequests wanted;
  Told told;
};

const media::FrameRequest kEveryFrame;
const media::FrameRequest kTenth{.sampling = {.every = 10}};
const media::FrameRequest kSeldomFrame{.sampling = {.analysis_fps = 5}};

TEST(RunRequests, EveryComponentSeesItsOwnTimeline) {
  for (const int threads : {1, 3}) {
    Sampled sampled({{"all", kEveryFrame}, {"seldom", kSeldomFrame}, {"tenth", kTenth}}, threads);
    const contracts::VideoOutcome outcome = sampled.Go();
    EXPECT_EQ(outcome.status, contracts::VideoStatus::kSuccess);
    EXPECT_THAT(sampled.told.pairs["tenth"], ElementsAre(Pair(-1, 0), Pair(0, 10), Pair(10, 20)));
    EXPECT_THAT(sampled.told.pairs["seldom"],
                ElementsAre(Pair(-1, 0), Pair(0, 5), Pair(5, 10), Pair(10, 15), Pair(15, 20)));
    ASSERT_EQ(sampled.told.pairs["all"].size(), 25U);
    EXPECT_EQ(sampled.told.pairs["all"][24], std::pair(int64_t{23}, int64_t{24}));
    EXPECT_EQ(sampled.scene.world->opens, 1) << "one reader for all";
    EXPECT_EQ(sampled.scene.world->decoded, 25);
  }
}

TEST(RunRequests, CostsCountWhatEachHasTaken) {
  Sampled sampled({{"all", kEveryFrame}, {"tenth", kTenth}});
  std::vector<std::pair<std::string, int64_t>> units;
  for (const contracts::ComponentCost& cost : sampled.Go().costs)
    units.emplace_back(cost.component, cost.units);
  EXPECT_THAT(units, ElementsAre(Pair("decode", 25), Pair("all", 24), Pair("tenth", 2)));
}

TEST(RunRequests, OnlyThoseWithTheSameRequestShareTheirFlow) {
  Sampled sampled(
      {{"a", kEveryFrame}, {"b", kEveryFrame}, {"c", kSeldomFrame}, {"d", kSeldomFrame}});
  sampled.Go();
  EXPECT_EQ(sampled.told.flows["a"], sampled.told.flows["b"]);
  EXPECT_EQ(sampled.told.flows["c"], sampled.told.flows["d"]);
  EXPECT_NE(sampled.told.flows["a"], sampled.told.flows["c"]);
}

TEST(RunRequests, TooFewFramesAreTheComponentsOwnMatter) {
  Sampled sampled({{"all", kEveryFrame}, {"once", {.sampling = {.every = 100}}}});
  const contracts::VideoOutcome outcome = sampled.Go();
  EXPECT_EQ(outcome.status, contracts::VideoStatus::kSuccess);
  EXPECT_THAT(outcome.component_empty,
              UnorderedElementsAre(Pair("once", EmptyReason::kVideoTooShort)));
  Sampled both({{"never", {.sampling = {.every = 50}}}, {"once", {.sampling = {.every = 100}}}});
  const contracts::VideoOutcome empty = both.Go();
  EXPECT_EQ(empty.status, contracts::VideoStatus::kEmpty);
  EXPECT_EQ(empty.empty_reason, EmptyReason::kVideoTooShort);
}

}  // namespace
}  // namespace reelbatch::runtime
