#include <gmock/gmock.h>

#include <map>
#include <utility>
#include <vector>

#include "runtime/simulator/simulator.h"

namespace reelbatch::runtime {
namespace {

using testing::IsEmpty;

planning::BatchCost Cost() {
  return {.max_batch = 8, .fixed_ms = 10, .ms_per_unit = 2, .mb_per_unit = 10};
}

/// Videos of 10 s with a unit a second, and a component from its results.
Scenario Staged(int videos) {
  Scenario scenario;
  scenario.videos.list.assign(static_cast<size_t>(videos), {.duration_s = 10});
  scenario.devices = {{.id = "gpu", .total_mb = 8192}};
  scenario.components = {
      {.name = "a", .unit_mb = 1, .cost = Cost(), .kept_mb = 1},
      {.name = "b", .unit_mb = 1, .cost = Cost(), .from = 0, .per_unit = {.low = 2, .high = 2}}};
  return scenario;
}

/// By component and unit of video 0: when its batch came through.
using Ends = std::map<std::pair<int, int>, base::Nanoseconds>;
SimResult PlayThrough(const Scenario& scenario, Ends* ends = nullptr) {
  const SimObserver observer{.on_batch = [&](const SimBatch& batch) {
    if (ends == nullptr || !batch.succeeded) return;
    for (const contracts::UnitId unit : batch.launch.units) {
      if (unit.video == 0) (*ends)[{batch.component, unit.index}] = batch.ended;
    }
  }};
  auto result = Simulate(scenario, observer);
  EXPECT_TRUE(result.has_value()) << result.error().Text();
  EXPECT_THAT(result->violations, IsEmpty());
  return std::move(*result);
}

TEST(SimulationStages, EveryResultGivesItsUnitsAfterIt) {
  Ends ends;
  const SimResult result = PlayThrough(Staged(3), &ends);
  EXPECT_EQ(result.videos_done, 3);
  EXPECT_EQ(result.components[0].units, 30);
  EXPECT_EQ(result.components[1].units, 60);
  EXPECT_EQ(result.components[1].by_binding[static_cast<size_t>(planning::Binding::kDelay)], 0);
  for (int unit = 0; unit < 20; ++unit)
    EXPECT_GT((ends.at({1, unit})), (ends.at({0, unit / 2}))) << unit;
}

TEST(SimulationStages, ResultsWaitForRoomAndNothingStandsStill) {
  Scenario scenario = Staged(3);
  scenario.sources.queued_mb = 3;
  const SimResult result = PlayThrough(scenario);
  EXPECT_EQ(result.videos_done, 3);
  EXPECT_EQ(result.components[1].units, 60);
  EXPECT_GT(result.components[0].held, 0);
  EXPECT_LE(result.most_queued_mb, 3 + 2) << "one result's units beyond the bound";
  EXPECT_LT(result.waits.most(), 1) << "a partial batch waits for no delay";
}

TEST(SimulationStages, AFailureTakesWhatIsFromItAndWhatNeedsThatOfItsVideoOnly) {
  Scenario scenario = Staged(3);
  scenario.components.push_back({.name = "c", .cost = Cost(), .from = 1});
  scenario.components.push_back({.name = "d", .cost = Cost(), .seek_ms = 5, .needs = {2}});
  scenario.components.push_back({.name = "e", .cost = Cost(), .needs = {0}});
  scenario.faults = {{.kind = FaultKind::kBadUnit, .component = 1, .video = 1, .index = 3}};
  const SimResult result = PlayThrough(scenario);
  EXPECT_EQ(result.videos_done, 2);
  EXPECT_EQ(result.videos_failed, 1);
  EXPECT_EQ(result.components[0].units, 30);
  EXPECT_EQ(result.components[3].units, 20);
  EXPECT_EQ(result.components[4].units, 30) << "needs what did not fail";
  EXPECT_EQ(result.second_passes, 2);
}

TEST(SimulationStages, ASecondPassTakesALaneAndMemoryAndComesFirst) {
  Scenario scenario = Staged(4);
  scenario.components.push_back({.name = "c", .cost = Cost(), .seek_ms = 100, .needs = {1}});
  scenario.sources.ms_per_s = 100;
  scenario.sources.mb = 60;
  scenario.sources.device = "cpu";
  scenario.devices.push_back({.id = "cpu", .total_mb = 8192, .declared_mb = 100});
  std::vector<int> began;
  const SimObserver observer{
      .on_source_begins = [&](int video, int, base::Nanoseconds) { began.push_back(video); }};
  const auto result = Simulate(scenario, observer);
  ASSERT_TRUE(result.has_value());
  EXPECT_THAT(result->violations, IsEmpty());
  EXPECT_EQ(result->second_passes, 4);
  EXPECT_NEAR(result->core_utilisation, 1, 0.15) << "memory lets one pass at a time";
  EXPECT_GE(result->makespan_s, 8) << "a second for each first pass, and for each second one";
  ASSERT_EQ(began.size(), 8U);
  EXPECT_EQ(began[2], 0) << "video 1 was launched when video 0 was not ready yet; then its pass";
}

TEST(SimulationStages, OutOfMemoryInAnyStageIsSplitAndRepeatsNothing) {
  for (int component = 0; component < 3; ++component) {
    for (int above = 1; above < 8; ++above) {
      Scenario scenario = Staged(3);
      scenario.components.push_back({.name = "c", .cost = Cost(), .from = 1});
      scenario.faults = {{.kind = FaultKind::kOom, .component = component, .above = above}};
      const SimResult result = PlayThrough(scenario);
      EXPECT_EQ(result.videos_done, 3);
      EXPECT_EQ(result.components[0].units, 30);
      EXPECT_EQ(result.components[1].units, 60);
      EXPECT_EQ(result.components[2].units, 60);
      EXPECT_GT(result.components[static_cast<size_t>(component)].ooms, 0);
    }
  }
}

TEST(SimulationStages, TheBoundKnowsTheLongestChain) {
  Scenario scenario = Staged(1);
  scenario.components.push_back({.name = "c", .cost = Cost(), .seek_ms = 100, .needs = {1}});
  const SimResult result = PlayThrough(scenario);
  // 10 s at 10 ms, a batch of a, one of b, a second pass of ten units, a batch of c.
  EXPECT_EQ(result.bound.kind, planning::BoundKind::kChain);
  EXPECT_NEAR(result.bound.ms, 100 + 12 + 12 + 1000 + 12, 1e-6);
  EXPECT_GE(result.gap, 1);
  EXPECT_LT(result.gap, 1.1);
}

TEST(SimulationStages, HalvingAndRestartingDoesAllUnitsToo) {
  Scenario scenario = Staged(3);
  scenario.sources.queued_mb = 4;
  scenario.restart_on_oom = true;
  scenario.policy.max_attempts = 32;
  for (const int component : {0, 1}) {
    scenario.faults = {{.kind = FaultKind::kOom, .component = component, .above = 2, .at_s = 0.05}};
    const SimResult result = PlayThrough(scenario);
    EXPECT_EQ(result.videos_done, 3);
    EXPECT_GE(result.components[1].units, 60);
  }
}

}  // namespace
}  // namespace reelbatch::runtime
