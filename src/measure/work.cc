#include "measure/work.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "components/core_optical_flow/core_optical_flow.h"
#include "components/cut_detection/cut_steps.h"
#include "contracts/run_config.h"
#include "costs/subjects.h"

namespace reelbatch::measure {

base::Result<PartName> ParsePart(const std::string& text) {
  if (text == components::kCoreOpticalFlowName)
    return PartName{.text = text, .parts = {}, .optical_flow = true};
  contracts::CutParts parts{.hard = false, .soft = false, .motion = false};
  for (size_t at = 0; at <= text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    const std::string word = text.substr(at, comma - at);
    bool* part = word == "hard"     ? &parts.hard
                 : word == "soft"   ? &parts.soft
                 : word == "motion" ? &parts.motion
                                    : nullptr;
    if (part == nullptr) {
      return base::Fail(base::Code::kInvalidArgument,
                        fmt::format("'{}' is no part; there are hard, soft and motion, alone or "
                                    "with commas between them, "
                                    "and {} alone",
                                    word, components::kCoreOpticalFlowName));
    }
    *part = true;
    at = comma + 1;
  }
  return PartName{.text = fmt::format("{}", fmt::join(contracts::PartNames(parts), ",")),
                  .parts = parts,
                  .optical_flow = false};
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
