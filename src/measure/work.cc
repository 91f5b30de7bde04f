#include "measure/work.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "components/core_optical_flow/core_optical_flow.h"
#include "components/cut_detection/cut_steps.h"
#include "costs/subjects.h"

namespace reelbatch::measure {
namespace {

struct NamedParts {
  const char* name;
  contracts::CutParts parts;
};
constexpr std::array<NamedParts, 5> kParts = {{{"hard", {true, false, false}},
                                               {"soft", {false, true, false}},
                                               {"motion", {false, false, true}},
                                               {"hard+soft", {true, true, false}},
                                               {"hard+soft+motion", {true, true, true}}}};

}  // namespace

std::vector<std::string> PartTexts() {
  std::vector<std::string> texts;
  for (const NamedParts& part : kParts) texts.emplace_back(part.name);
  texts.emplace_back(components::kCoreOpticalFlowName);
  return texts;
}

base::Result<PartName> ParsePart(const std::string& text) {
  if (text == components::kCoreOpticalFlowName) return PartName{.text = text, .parts = {}, .optical_flow = true};
  for (const NamedParts& part : kParts) {
    if (text == part.name) return PartName{.text = text, .parts = part.parts, .optical_flow = false};
  }
  return base::Fail(base::Code::kInvalidArgument,
                    fmt::format("'{}' is no part; there is {}", text, fmt::join(PartTexts(), ", ")));
}

std::vector<std::string> StepsOf(const PartName& part, contracts::Preset preset) {
  if (part.optical_flow) return {};
  std::vector<std::string> steps{std::string(kLoadStep)};
  const Work whole{.part = part, .preset = preset, .step = {}};
  for (const components::CutStep step : components::CutStepsOf(whole.knobs())) {
    steps.emplace_back(components::CutStepName(step));
  }
  steps.emplace_back(kPostprocessStep);
  return steps;
}

contracts::CutKnobs Work::knobs() const {
  contracts::CutKnobs knobs = contracts::KnobsOf(preset);
  knobs.parts = part.parts;
  return knobs;
}

contracts::CostSubject Work::Subject() const {
  if (part.optical_flow) {
    contracts::CostSubject subject = costs::OpticalFlowSubject(knobs().flow_max_side);
    subject.preset = contracts::PresetName(preset);
    return subject;
  }
  if (step.empty()) return costs::CutDetectionSubject(knobs());
  contracts::CostSubject subject = costs::CutStepSubject(step, knobs());
  subject.notes = "step of " + costs::CutPartName(part.parts);
  return subject;
}

}  // namespace reelbatch::measure
