#include <gmock/gmock.h>

#include <limits>
#include <utility>

#include "runtime/simulator/simulator.h"

namespace reelbatch::runtime {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Videos alone, 10 ms per second of video.
Scenario Videos(const std::vector<double>& durations_s, int cores, int look_ahead) {
  Scenario scenario{.look_ahead = look_ahead};
  for (const double duration_s : durations_s)
    scenario.videos.list.push_back({.duration_s = duration_s});
  scenario.sources = {.cores = cores, .ms_per_s = 10, .chunks = 1};
  return scenario;
}

/// In the order in which they are launched.
std::vector<int> Launches(const Scenario& scenario) {
  std::vector<int> videos;
  const auto result = Simulate(
      scenario,
      {.on_source_begins = [&](int video, int, base::Nanoseconds) { videos.push_back(video); }});
  EXPECT_TRUE(result.has_value() && result->violations.empty());
  return videos;
}

TEST(SimulatedLookAhead, WithinTheWindowTheLongestIsLaunched) {
  Scenario scenario = Videos({10, 30, 20, 50, 40}, 1, 2);
  scenario.videos.bytes_unknown = 1;  // probed in the order of the list
  EXPECT_THAT(Launches(scenario), ElementsAre(1, 2, 3, 4, 0));
  scenario.look_ahead = 1;
  EXPECT_THAT(Launches(scenario), ElementsAre(0, 1, 2, 3, 4));
  scenario.look_ahead = 0;
  EXPECT_THAT(Launches(scenario), ElementsAre(3, 4, 1, 2, 0));
}

TEST(SimulatedLookAhead, TheLargestFilesAreProbedFirst) {
  Scenario scenario = Videos({10, 30, 20}, 1, 1);
  EXPECT_THAT(Launches(scenario), ElementsAre(1, 2, 0));
  scenario.videos.bytes_exponent = -1;
  EXPECT_THAT(Launches(scenario), ElementsAre(0, 2, 1));
}

TEST(SimulatedLookAhead, LossAgainstAllOfThemProbedFirst) {
  // In order 4 x 0.1 s on each core, then 0.8 s alone; longest first both cores end after 0.8 s.
  Scenario scenario = Videos({10, 10, 10, 10, 10, 10, 10, 10, 80}, 2, 1);
  scenario.videos.bytes_unknown = 1;
  const auto result = Simulate(scenario);
  ASSERT_TRUE(result.has_value());
  EXPECT_DOUBLE_EQ(LookAheadLoss(scenario, *result).value_or(-1), 50);
  scenario.look_ahead = 9;
  const auto all = Simulate(scenario);
  ASSERT_TRUE(all.has_value());
  EXPECT_DOUBLE_EQ(LookAheadLoss(scenario, *all).value_or(-1), 0);
}

TEST(SimulatedLookAhead, NoLossToTellWithoutALookAheadOrATime) {
  for (const Scenario& scenario : {Videos({10}, 1, 0), Videos({}, 1, 4)}) {
    const auto result = Simulate(scenario);
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(LookAheadLoss(scenario, *result), std::nullopt);
  }
}

TEST(SimulatedLookAhead, ProbesTakeCores) {
  // Each core probes two and decodes two. In a window of 1 the other core has nothing to do while
  // the first video is probed.
  for (const auto& [look_ahead, makespan_s] : {std::pair{0, 0.3}, {4, 0.3}, {1, 0.35}}) {
    Scenario scenario = Videos({10, 10, 10, 10}, 2, look_ahead);
    scenario.sources.probe_ms = 50;
    const auto result = Simulate(scenario);
    ASSERT_TRUE(result.has_value());
    EXPECT_THAT(result->violations, IsEmpty());
    EXPECT_EQ(result->videos_done, 4);
    EXPECT_DOUBLE_EQ(result->makespan_s, makespan_s) << look_ahead;
    EXPECT_DOUBLE_EQ(result->core_utilisation, 0.3 / makespan_s) << look_ahead;
    EXPECT_DOUBLE_EQ(result->bound.ms, 300) << look_ahead;
  }
}

TEST(SimulatedLookAhead, ACrashForgetsWhatWasProbed) {
  Scenario scenario = Videos({10, 10, 10, 10}, 1, 2);
  scenario.sources.probe_ms = 50;
  scenario.faults = {{.kind = FaultKind::kCrash, .at_s = 0.17, .for_s = 1}};
  const auto result = Simulate(scenario);
  ASSERT_TRUE(result.has_value());
  EXPECT_THAT(result->violations, IsEmpty());
  EXPECT_EQ(result->videos_done, 4);
  EXPECT_DOUBLE_EQ(result->makespan_s, 1.17 + 4 * (0.05 + 0.1)) << "the first one begins anew";
}

TEST(SimulatedLookAhead, TowardsADeadlineVideosThatAreNotProbedCountBySize) {
  Scenario scenario = Videos({}, 1, 0);
  scenario.videos.list.assign(8, {.duration_s = 100, .short_side = 1080});
  scenario.sources.fast_ms_per_s = 1;
  scenario.deadline_s = 9;  // of the eight 2.25 s each, as they are, only some have the time
  const auto all = Simulate(scenario);
  ASSERT_TRUE(all.has_value());
  EXPECT_GT(all->videos_fast, 0);
  EXPECT_LT(all->videos_fast, 8);
  scenario.look_ahead = 1;
  const auto ahead = Simulate(scenario);
  ASSERT_TRUE(ahead.has_value());
  EXPECT_EQ(ahead->videos_fast, all->videos_fast);
}

TEST(SimulatedLookAhead, BadSettingsNameTheField) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  const auto error = [](auto change) {
    Scenario scenario = Videos({}, 1, 1);
    scenario.videos.count = 1;
    scenario.videos.duration_s = {.low = 1, .high = 2};
    change(scenario);
    const auto checked = CheckScenario(scenario);
    if (checked) return std::string("none");
    EXPECT_EQ(checked.error().code, base::Code::kInvalidArgument);
    return checked.error().context;
  };
  EXPECT_EQ(error([](Scenario&) {}), "none");
  EXPECT_EQ(error([](Scenario& s) { s.look_ahead = -1; }), "look_ahead");
  EXPECT_EQ(error([](Scenario& s) { s.sources.probe_ms = -1; }), "sources.probe_ms");
  EXPECT_EQ(error([](Scenario& s) { s.videos.bytes_spread = 11; }), "videos.bytes_spread");
  EXPECT_EQ(error([](Scenario& s) { s.videos.bytes_exponent = kNan; }), "videos.bytes_exponent");
  EXPECT_EQ(error([](Scenario& s) { s.videos.bytes_unknown = 1.5; }), "videos.bytes_unknown");
  EXPECT_EQ(error([](Scenario& s) { s.videos.duration_s.median = -1; }),
            "videos.duration_s.median");
  EXPECT_EQ(error([](Scenario& s) {
              s.videos.duration_s.median = 1;
              s.videos.duration_s.logarithmic = true;
            }),
            "videos.duration_s.median");
  EXPECT_EQ(error([](Scenario& s) {
              s.videos.duration_s.median = 1;
              s.videos.duration_s.spread = -1;
            }),
            "videos.duration_s.spread");
}

}  // namespace
}  // namespace reelbatch::runtime
