#include "runtime/simulator/simulator.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "runtime/simulator/random_scenario.h"

namespace reelbatch::runtime {
namespace {

using testing::IsEmpty;

/// One GPU of 8 GiB, one component whose batches of b take 10 + 2 b ms and 100 b MB.
Scenario Small(int videos, double duration_s) {
  Scenario scenario;
  scenario.videos.list.assign(static_cast<size_t>(videos), {.duration_s = duration_s});
  scenario.devices = {{.id = "gpu", .total_mb = 8192}};
  SimComponent component{.name = "model"};
  component.cost = {.max_batch = 16, .fixed_ms = 10, .ms_per_unit = 2, .mb_per_unit = 100};
  scenario.components = {component};
  return scenario;
}

TEST(Simulator, FullBatchesAndThenTheTail) {
  const auto result = Simulate(Small(4, 10));
  ASSERT_TRUE(result.has_value()) << result.error().Text();
  EXPECT_THAT(result->violations, IsEmpty());
  EXPECT_EQ(result->videos_done, 4);
  const SimComponentResult& model = result->components[0];
  EXPECT_EQ(model.units, 40);
  EXPECT_EQ(model.batches, 3) << "40 units at 16 a batch";
  EXPECT_EQ(model.sizes.at(16), 2);
  EXPECT_EQ(result->most_attempts, 1);
  EXPECT_GE(result->gap, 1);
}

TEST(Simulator, NothingToDo) {
  const auto result = Simulate(Small(0, 0));
  ASSERT_TRUE(result.has_value());
  EXPECT_THAT(result->violations, IsEmpty());
  EXPECT_EQ(result->makespan_s, 0);
}

TEST(Simulator, TheSameScenarioGivesTheSameResult) {
  const Scenario scenario = RandomScenario(7);
  const auto a = Simulate(scenario);
  const auto b = Simulate(scenario);
  ASSERT_TRUE(a.has_value() && b.has_value());
  EXPECT_EQ(a->makespan_s, b->makespan_s);
  EXPECT_EQ(a->events, b->events);
}

TEST(Simulator, OutOfMemoryGoesDownTheLadderAndIsLearned) {
  Scenario scenario = Small(8, 60);
  scenario.faults = {{.kind = FaultKind::kOom, .component = 0, .above = 5}};
  const auto result = Simulate(scenario);
  ASSERT_TRUE(result.has_value());
  EXPECT_THAT(result->violations, IsEmpty());
  EXPECT_EQ(result->videos_done, 8);
  const SimComponentResult& model = result->components[0];
  EXPECT_EQ(model.units, 480);
  EXPECT_EQ(model.sizes.rbegin()->first, 5)
      << "16 fails, 8 fails, 1 comes through; 4 grows to 6, which fails, and later to 5";
  EXPECT_LE(model.ooms, 4);
}

TEST(Simulator, OutOfMemoryAtOneStopsTheComponentAlone) {
  Scenario scenario = Small(3, 10);
  SimComponent other = scenario.components[0];
  other.name = "other";
  SimComponent dependant = other;
  dependant.name = "dependant";
  dependant.needs = {0};
  scenario.components.push_back(other);
  scenario.components.push_back(dependant);
  scenario.faults = {{.kind = FaultKind::kOom, .component = 0, .above = 0}};
  const auto result = Simulate(scenario);
  ASSERT_TRUE(result.has_value());
  EXPECT_THAT(result->violations, IsEmpty());
  EXPECT_TRUE(result->components[0].stopped);
  EXPECT_EQ(result->components[0].units, 0);
  EXPECT_EQ(result->components[1].units, 30);
  EXPECT_EQ(result->components[2].units, 0);
  EXPECT_EQ(result->videos_failed, 3);
}

TEST(Simulator, ThousandsOfRandomScenariosBreakNoRule) {
  constexpr uint64_t kScenarios = 6000;
  uint64_t with_stages = 0;
  int64_t held = 0;
  int64_t second_passes = 0;
  for (uint64_t seed = 1; seed <= kScenarios; ++seed) {
    const Scenario scenario = RandomScenario(seed);
    const auto result = Simulate(scenario);
    ASSERT_TRUE(result.has_value()) << seed << ": " << result.error().Text();
    ASSERT_THAT(result->violations, IsEmpty())
        << "`reelbatch simulate --random 1 --seed " << seed << "` makes it small";
    with_stages += std::ranges::any_of(scenario.components,
                                       [](const SimComponent& component) {
                                         return component.from >= 0 || component.seek_ms > 0;
                                       })
                       ? 1
                       : 0;
    for (const SimComponentResult& component : result->components) held += component.held;
    second_passes += result->second_passes;
  }
  EXPECT_GT(with_stages, kScenarios / 3);
  EXPECT_GT(held, 10'000);
  EXPECT_GT(second_passes, 1000);
}

TEST(Simulator, ScenariosWithStagesAreMadeSmallAndStaySound) {
  const auto holds_results = [](const Scenario& scenario) {
    const auto result = Simulate(scenario);
    EXPECT_TRUE(result.has_value()) << result.error().Text();
    return result && std::ranges::any_of(result->components,
                                         [](const SimComponentResult& of) { return of.held > 0; });
  };
  int made_small = 0;
  for (uint64_t seed = 1; made_small < 5; ++seed) {
    const Scenario scenario = RandomScenario(seed);
    if (!holds_results(scenario)) continue;
    const Scenario small = Shrink(scenario, holds_results);
    EXPECT_TRUE(holds_results(small));
    EXPECT_LE(small.videos.list.size(), 3U);
    EXPECT_LE(small.components.size(), 4U);
    ++made_small;
  }
}

}  // namespace
}  // namespace reelbatch::runtime
