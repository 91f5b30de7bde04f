// Runs tests/scenarios/decision/*.txt; the format is in the README there.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "components/cut_detection/hard/adaptive_rules.h"
#include "components/cut_detection/hard/decision.h"

namespace reelbatch::components::hard {
namespace {

struct Scenario {
  std::string decision;
  double fps = 25;
  bool expects = false;
  std::vector<double> expected;
  std::map<std::string, std::vector<double>> lines;

  size_t pairs() const {
    size_t most = 0;
    for (const auto& [key, values] : lines) {
      if (key != "pts") most = std::max(most, values.size());
    }
    return most;
  }
  std::vector<float> Signal(const std::string& key, float otherwise) const {
    const auto line = lines.find(key);
    if (line == lines.end()) return std::vector<float>(pairs(), otherwise);
    EXPECT_EQ(line->second.size(), pairs()) << key << " has another length than the longest line";
    return {line->second.begin(), line->second.end()};
  }
};

std::vector<double> ParseValues(std::istringstream& words) {
  std::vector<double> values;
  std::string word;
  while (words >> word) {
    const size_t star = word.find('*');
    const size_t times = star == std::string::npos ? 1 : std::stoul(word.substr(star + 1));
    values.insert(values.end(), times, std::stod(word.substr(0, star)));
  }
  return values;
}

Scenario Load(const std::filesystem::path& path) {
  Scenario scenario;
  std::ifstream in(path);
  std::string line;
  while (std::getline(in, line)) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string key;
    if (!(words >> key)) continue;
    if (key == "decision") {
      words >> scenario.decision;
    } else if (key == "fps") {
      words >> scenario.fps;
    } else if (key == "expect") {
      scenario.expects = true;
      scenario.expected = ParseValues(words);
    } else {
      scenario.lines[key] = ParseValues(words);
    }
  }
  return scenario;
}

std::vector<HardCut> Seed(const Scenario& scenario) {
  PairSignals signals;
  signals.hist_diff_l1 = scenario.Signal("hist", 0);
  signals.ssim_drop = scenario.Signal("ssim", 0);
  signals.flow_mag = scenario.Signal("flow", 0);
  return DecideSeed(signals);
}

std::vector<HardCut> Adaptive(const Scenario& scenario) {
  const std::vector<float> unpredicted = scenario.Signal("unpredicted", 0);
  const std::vector<float> residual = scenario.Signal("residual", 0);
  const std::vector<float> colour = scenario.Signal("colour", 0);
  const std::vector<float> persistence = scenario.Signal("persistence", 1);
  const std::vector<float> alignment = scenario.Signal("alignment", 0);
  const std::vector<float> novelty = scenario.Signal("novelty", 1);
  std::vector<PairEvidence> evidence(scenario.pairs());
  std::vector<double> pts_s(evidence.size() + 1);
  for (size_t i = 0; i < evidence.size(); ++i) {
    evidence[i] = {unpredicted[i], residual[i],  colour[i],
                   persistence[i], alignment[i], novelty[i]};
  }
  for (size_t i = 0; i < pts_s.size(); ++i) pts_s[i] = static_cast<double>(i) / scenario.fps;
  if (const auto pts = scenario.lines.find("pts"); pts != scenario.lines.end()) pts_s = pts->second;
  std::vector<float> scores;
  std::vector<HardCut> cuts = DecideAdaptive(evidence, pts_s, scores);
  EXPECT_EQ(scores.size(), evidence.size());
  for (const HardCut& cut : cuts) EXPECT_GE(scores[static_cast<size_t>(cut.pair_index)], 1.0F);
  return cuts;
}

class DecisionScenario : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(DecisionScenario, GivesTheCutsItNames) {
  const Scenario scenario = Load(GetParam());
  ASSERT_TRUE(scenario.decision == "seed" || scenario.decision == "adaptive") << scenario.decision;
  ASSERT_TRUE(scenario.expects) << "no line `expect`";
  std::vector<double> found;
  for (const HardCut& cut : scenario.decision == "seed" ? Seed(scenario) : Adaptive(scenario)) {
    found.push_back(cut.pair_index);
    EXPECT_GE(cut.confidence, 0.0F);
    EXPECT_LE(cut.confidence, 1.0F);
  }
  EXPECT_EQ(found, scenario.expected);
}

std::vector<std::filesystem::path> AllScenarios() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(REELBATCH_SOURCE_DIR "/tests/scenarios/decision")) {
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

INSTANTIATE_TEST_SUITE_P(Files, DecisionScenario, testing::ValuesIn(AllScenarios()),
                         [](const auto& instance) { return instance.param.stem().string(); });

}  // namespace
}  // namespace reelbatch::components::hard
