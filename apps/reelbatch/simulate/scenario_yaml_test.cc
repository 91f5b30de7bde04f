#include "apps/reelbatch/simulate/scenario_yaml.h"

#include <gtest/gtest.h>

#include "base/test_folder.h"
#include "planning/look_ahead.h"
#include "runtime/simulator/random_scenario.h"

namespace reelbatch::app {
namespace {

TEST(ScenarioYaml, RandomScenariosGoThereAndBack) {
  const base::testing::TempFolder folder;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    const std::string text = ScenarioYaml(runtime::RandomScenario(seed));
    const auto read = ReadScenario(folder.Write("scenario.yaml", text));
    ASSERT_TRUE(read) << seed << ": " << read.error().Text() << "\n" << text;
    EXPECT_EQ(ScenarioYaml(*read), text) << seed;
  }
}

TEST(ScenarioYaml, WhatIsReadPlaysTheSame) {
  const base::testing::TempFolder folder;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    const runtime::Scenario scenario = runtime::RandomScenario(seed);
    const auto read = ReadScenario(folder.Write("scenario.yaml", ScenarioYaml(scenario)));
    ASSERT_TRUE(read) << seed;
    const auto a = runtime::Simulate(scenario, {});
    const auto b = runtime::Simulate(*read, {});
    ASSERT_EQ(a.has_value(), b.has_value()) << seed;
    if (!a) continue;
    EXPECT_EQ(a->makespan_s, b->makespan_s) << seed;
    EXPECT_EQ(a->events, b->events) << seed;
  }
}

TEST(ScenarioYaml, ALookAheadIsANumberOrThatOfARun) {
  const base::testing::TempFolder folder;
  const auto look_ahead = [&](const std::string& line) {
    const auto read = ReadScenario(folder.Write("s.yaml",
                                                "videos: {count: 1, duration_s: {from: 1, to: 2}}\n"
                                                "sources: {cores: 32}\n" +
                                                    line));
    return read ? read->look_ahead : -1;
  };
  EXPECT_EQ(look_ahead(""), 0);
  EXPECT_EQ(look_ahead("look_ahead: 7"), 7);
  EXPECT_EQ(look_ahead("look_ahead: auto"), planning::LookAheadWindow(32));
}

TEST(ScenarioYaml, AStageMayComeBeforeTheOneThatItIsFrom) {
  const base::testing::TempFolder folder;
  const auto read = ReadScenario(folder.Write(
      "s.yaml",
      "videos: {count: 1, duration_s: {from: 1, to: 2}}\n"
      "devices: [{id: d, memory_mb: 4096}]\n"
      "components:\n"
      "  - {name: b, device: d, from: a, per_unit: {from: 0, to: 9, median: 2}, kept_mb: 3,\n"
      "     cost: {ms_per_unit: 1, mb_per_unit: 1}}\n"
      "  - {name: a, device: d, cost: {ms_per_unit: 1, mb_per_unit: 1}}\n"
      "  - {name: c, device: d, needs: [b], seek_ms: 4, cost: {ms_per_unit: 1, mb_per_unit: "
      "1}}\n"));
  ASSERT_TRUE(read) << read.error().Text();
  EXPECT_EQ(read->components[0].from, 1);
  EXPECT_EQ(read->components[0].per_unit.high, 9);
  EXPECT_EQ(read->components[0].per_unit.median, 2);
  EXPECT_EQ(read->components[0].kept_mb, 3);
  EXPECT_EQ(read->components[2].needs, std::vector{0});
  EXPECT_EQ(read->components[2].seek_ms, 4);
}

TEST(ScenarioYaml, ErrorsNameThePlaceAndTheKey) {
  const std::string kTwo =
      "videos: {count: 1, duration_s: {from: 1, to: 2}}\n"
      "devices: [{id: d, memory_mb: 4096}]\n"
      "components: [{name: a, device: d, cost: {ms_per_unit: 1, mb_per_unit: 1}}, "
      "{name: b, device: d, ";
  const base::testing::TempFolder folder;
  for (const auto& [text, words] : std::vector<std::pair<std::string, std::string>>{
           {"videos: {count: -1}", "count"},
           {"videos: {cuont: 1}", "cuont"},
           {"devices: [{id: a, memory_mb: 1}, {id: a, memory_mb: 1}]", "a"},
           {"videos: {count: 1}\ncomponents: [{name: x, device: nowhere, cost: {ms_per_unit: 1, "
            "mb_per_unit: 1}}]",
            "nowhere"},
           {"videos: {count: 1}\nnoise: .nan", "noise"},
           {"seed: [1]", "seed"},
           {"videos: {count: 1, duration_s: {from: 1, to: 2}}\nlook_ahead: many", "look_ahead"},
           {"videos: {count: 1, duration_s: {from: 1, to: 2}}\nlook_ahead: -1", "look_ahead"},
           {kTwo + "from: z, cost: {ms_per_unit: 1, mb_per_unit: 1}}]", "is from 'z'"},
           {kTwo + "per_unit: {from: 0, to: 1}, cost: {ms_per_unit: 1, mb_per_unit: 1}}]",
            "per_unit"},
           {kTwo +
                "from: a, per_unit: {from: 0, to: 1.5}, cost: {ms_per_unit: 1, mb_per_unit: 1}}]",
            "components.b.per_unit"},
           {kTwo + "from: a, per_unit: {from: 2, to: 1}, cost: {ms_per_unit: 1, mb_per_unit: 1}}]",
            "components.b.per_unit"},
           {kTwo + "from: a, needs: [a], cost: {ms_per_unit: 1, mb_per_unit: 1}}]",
            "components.b.needs"},
           {kTwo + "seek_ms: 1, cost: {ms_per_unit: 1, mb_per_unit: 1}}]", "components.b.seek_ms"},
           {kTwo + "needs: [a], seek_ms: -1, cost: {ms_per_unit: 1, mb_per_unit: 1}}]",
            "components.b.seek_ms"},
           {kTwo + "kept_mb: -1, cost: {ms_per_unit: 1, mb_per_unit: 1}}]", "components.b.kept_mb"},
           {kTwo + "from: b, cost: {ms_per_unit: 1, mb_per_unit: 1}}]", "b -> b"},
           {"videos: *a", "YAML"}}) {
    const auto read = ReadScenario(folder.Write("s.yaml", text));
    ASSERT_FALSE(read) << text;
    EXPECT_NE(read.error().Text().find(words), std::string::npos) << text << "\n"
                                                                  << read.error().Text();
    EXPECT_NE(read.error().Text().find("s.yaml"), std::string::npos) << read.error().Text();
  }
}

}  // namespace
}  // namespace reelbatch::app
