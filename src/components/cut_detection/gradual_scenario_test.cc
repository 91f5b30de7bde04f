// Runs tests/scenarios/decision/fades/*.txt and motion/*.txt; the format is in the README there.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "components/cut_detection/motion/observations.h"
#include "components/cut_detection/soft/fades.h"

namespace reelbatch::components {
namespace {

struct Scenario {
  double fps = 25;
  std::string expected;  // "fade_in 3-9, zoom 4-20"
  std::map<std::string, std::vector<float>> lines;

  size_t length() const {
    size_t most = 0;
    for (const auto& [key, values] : lines) most = std::max(most, values.size());
    return most;
  }
  std::vector<float> Line(const std::string& key, float otherwise) const {
    const auto line = lines.find(key);
    if (line == lines.end()) return std::vector<float>(length(), otherwise);
    EXPECT_EQ(line->second.size(), length()) << key << " has another length than the longest line";
    return line->second;
  }
  std::vector<double> Times(size_t frames) const {
    std::vector<double> pts_s(frames);
    for (size_t i = 0; i < frames; ++i) pts_s[i] = static_cast<double>(i) / fps;
    return pts_s;
  }
};

// "3", "3*10" (ten times), "0..20*10" (ten values in equal steps from 0 to 20)
std::vector<float> ParseValues(std::istringstream& words) {
  std::vector<float> values;
  std::string word;
  while (words >> word) {
    const size_t star = word.find('*');
    const size_t times = star == std::string::npos ? 1 : std::stoul(word.substr(star + 1));
    const std::string range = word.substr(0, star);
    const size_t dots = range.find("..");
    const float from = std::stof(range);
    const float to = dots == std::string::npos ? from : std::stof(range.substr(dots + 2));
    for (size_t i = 0; i < times; ++i) {
      const float share = times > 1 ? static_cast<float>(i) / static_cast<float>(times - 1) : 0.0F;
      values.push_back(from + share * (to - from));
    }
  }
  return values;
}

Scenario Load(const std::filesystem::path& path) {
  Scenario scenario;
  std::ifstream in(path);
  std::string line;
  bool expects = false;
  while (std::getline(in, line)) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string key;
    if (!(words >> key)) continue;
    if (key == "fps") {
      words >> scenario.fps;
    } else if (key == "expect") {
      expects = true;
      std::getline(words >> std::ws, scenario.expected);
      scenario.expected.erase(scenario.expected.find_last_not_of(' ') + 1);
    } else {
      scenario.lines[key] = ParseValues(words);
    }
  }
  EXPECT_TRUE(expects) << "no line `expect`";
  return scenario;
}

template <class Found>
std::string Text(const std::vector<Found>& all) {
  std::string text;
  for (const Found& found : all) {
    EXPECT_GE(found.confidence, 0.5F);
    EXPECT_LE(found.confidence, 1.0F);
    text += fmt::format("{}{} {}-{}", text.empty() ? "" : ", ", EventTypeName(found.type),
                        found.start, found.end);
  }
  return text;
}

std::string Fades(const Scenario& scenario) {
  const std::vector<float> spread = scenario.Line("spread", 0);
  std::vector<soft::FrameLook> looks;
  for (const float value : spread) looks.push_back({.spread = value, .range = 4 * value});
  if (scenario.lines.contains("range")) {
    const std::vector<float> range = scenario.Line("range", 0);
    for (size_t i = 0; i < looks.size(); ++i) looks[i].range = range[i];
  }
  const std::vector<float> ends = scenario.Line("cut", 0);
  std::vector<size_t> cuts;
  for (size_t i = 0; i < ends.size(); ++i) {
    if (ends[i] > 0) cuts.push_back(i);
  }
  return Text(soft::FindFades(looks, scenario.Times(looks.size()), cuts));
}

std::string Motion(const Scenario& scenario) {
  const std::vector<float> speed = scenario.Line("speed", 0);
  const std::vector<float> pan = scenario.Line("pan", 0);
  const std::vector<float> zoom = scenario.Line("zoom", 0);
  const std::vector<float> explained = scenario.Line("explained", 1);
  const std::vector<float> ends = scenario.Line("boundary", 0);
  std::vector<motion::PairMotion> pairs;
  std::vector<bool> boundary;
  for (size_t i = 0; i < speed.size(); ++i) {
    pairs.push_back({speed[i], pan[i], zoom[i], explained[i]});
    boundary.push_back(ends[i] > 0);
  }
  return Text(motion::Observe(pairs, boundary, scenario.Times(pairs.size() + 1)));
}

std::vector<std::filesystem::path> ScenariosIn(const std::string& folder) {
  std::vector<std::filesystem::path> paths;
  const std::string root = REELBATCH_SOURCE_DIR "/tests/scenarios/decision/";
  for (const auto& entry : std::filesystem::directory_iterator(root + folder)) {
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

std::string NameOf(const testing::TestParamInfo<std::filesystem::path>& instance) {
  return instance.param.stem().string();
}

class FadeScenario : public testing::TestWithParam<std::filesystem::path> {};
TEST_P(FadeScenario, GivesTheEventsItNames) {
  const Scenario scenario = Load(GetParam());
  EXPECT_EQ(Fades(scenario), scenario.expected);
}
INSTANTIATE_TEST_SUITE_P(Files, FadeScenario, testing::ValuesIn(ScenariosIn("fades")), NameOf);

class MotionScenario : public testing::TestWithParam<std::filesystem::path> {};
TEST_P(MotionScenario, GivesTheEventsItNames) {
  const Scenario scenario = Load(GetParam());
  EXPECT_EQ(Motion(scenario), scenario.expected);
}
INSTANTIATE_TEST_SUITE_P(Files, MotionScenario, testing::ValuesIn(ScenariosIn("motion")), NameOf);

}  // namespace
}  // namespace reelbatch::components
