// Runs whose model does not come back: what hangs is given up, the rest has its results, and
// nothing is touched afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "components/batched_component.h"
#include "runtime/run.h"
#include "runtime/run_fakes.h"

namespace reelbatch::runtime {
namespace {

using fakes::FakeVideo;
using fakes::Scene;
using testing::HasSubstr;

/// A unit a frame, whose answer is the sum of its bytes.
class Sums final : public components::BatchedComponent {
 public:
  std::string_view name() const override { return "sums"; }
  base::Status Open(const contracts::VideoInfo&) override { return {}; }
  std::unique_ptr<components::FrameMeter> MakeMeter(components::SharedFlows&) const override {
    return std::make_unique<fakes::FakeMeter>(fakes::Trouble::kNone);
  }
  contracts::BatchKey key() const override {
    return {.component = "sums",
            .component_version = "1",
            .knobs = {},
            .preprocessing = {},
            .input_bucket = {}};
  }
  void Bind(components::UnitSink& sink) override { sink_ = &sink; }
  base::Status Take(const image::FrameStamp&, components::FrameMeasure&) override {
    sink_->Push(components::Bytes(64, std::byte{1}));
    return {};
  }
  base::Status Close(const contracts::DecodeReport&, contracts::VideoOutcome&) override {
    return {};
  }
  base::Status Finish(std::vector<components::UnitOutput> outputs,
                      contracts::VideoOutcome& outcome) override {
    outcome.results["sums"].meta = std::to_string(outputs.size());
    return {};
  }

 private:
  components::UnitSink* sink_ = nullptr;
};

class HangingModel final : public components::UnitModel {
 public:
  fakes::Gate gate;
  std::function<void()> on_hang = [] {};
  size_t read = 0;  // bytes of 1 in its units, after the gate has opened

  std::expected<std::vector<components::UnitOutput>, contracts::BatchFailure> Run(
      std::span<const components::UnitInput> units) override {
    on_hang();
    gate.HangHere();
    for (const components::UnitInput& unit : units)
      read += static_cast<size_t>(std::ranges::count(unit.data, std::byte{1}));
    units_ = units.size();
    gate.Leave();
    return std::vector<components::UnitOutput>(units.size());
  }
  size_t units() const { return units_; }

 private:
  size_t units_ = 0;
};

struct StuckPlay {
  explicit StuckPlay(const std::vector<FakeVideo>& videos) : scene(videos) {
    scene.options.batching.devices = {{.memory = planning::MemoryKind::kRam, .total_mb = 1 << 16}};
    scene.options.batching.models = {{.component = "sums", .model = fakes::Borrowed(model)}};
    scene.options.batching.models.front().cost =
        [](const contracts::BatchKey&) -> base::Result<planning::BatchCost> {
      return planning::BatchCost{.memory = planning::MemoryKind::kRam,
                                 .max_batch = 4,
                                 .fixed_ms = 1,
                                 .ms_per_unit = 1,
                                 .mb_per_unit = 1};
    };
  }
  RunReport Go() {
    RunDependencies dependencies = DependenciesOf(scene.world);
    const auto others = dependencies.make_components;
    dependencies.make_components = [others](const MakeRequest& request) {
      auto components = others(request);
      components.push_back(std::make_unique<Sums>());
      return components;
    };
    return Run(scene.inputs, scene.options, dependencies, scene.sink, nullptr, scene.clock,
               scene.cancel);
  }
  /// What was given up comes back and reads what it was given.
  void LetGo() {
    model.gate.Open();
    model.gate.AwaitLeave();
    EXPECT_EQ(model.read, 64 * model.units());
  }

  HangingModel model;
  Scene scene;
};

TEST(RunStuckModel, ItsKeyStopsAndTheOtherComponentHasItsResults) {
  StuckPlay play({{}, {}, {}});
  // Time goes on only once nothing but the model is left to wait for.
  play.model.on_hang = [&play] { play.scene.clock.Move(); };
  play.scene.options.stall_timeout = std::chrono::seconds(1);
  const RunReport report = play.Go();
  EXPECT_EQ(report.end, RunEnd::kFinished);
  EXPECT_EQ(report.lanes_given_up, 1);
  EXPECT_EQ(report.totals.videos_done, 3);
  for (int id = 0; id < 3; ++id) {
    const contracts::VideoOutcome outcome = play.scene.sink.outcome(id);
    EXPECT_TRUE(outcome.results.contains("fake")) << id;
    ASSERT_TRUE(outcome.component_faults.contains("sums")) << id;
    EXPECT_THAT(outcome.component_faults.at("sums").reason, HasSubstr("stuck in a batch of")) << id;
    EXPECT_THAT(outcome.component_faults.at("sums").reason,
                HasSubstr("did not return within 1 s (stall-timeout)"))
        << id;
  }
  play.LetGo();
}

TEST(RunStuckModel, CancelDoesNotWaitForIt) {
  StuckPlay play(std::vector<FakeVideo>(1));
  play.scene.options.stall_timeout =
      std::chrono::milliseconds(0);  // never stuck; the grace after a cancel still counts
  play.model.on_hang = [&play] {
    play.scene.cancel.Cancel();
    play.scene.clock.Move();
  };
  const RunReport report = play.Go();
  EXPECT_EQ(report.end, RunEnd::kCancelled);
  EXPECT_EQ(report.lanes_given_up, 1);
  EXPECT_TRUE(play.scene.sink.order().empty());
  play.LetGo();
}

}  // namespace
}  // namespace reelbatch::runtime
