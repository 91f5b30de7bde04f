#include "components/definition.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "components/cut_detection/cut_arrays.h"
#include "components/cut_detection/cut_costs.h"
#include "components/cut_detection/cut_detection.h"
#include "components/cut_detection/cut_settings.h"
#include "components/cut_detection/cuts_document.h"

namespace reelbatch::components {
namespace {

contracts::PricedWork Price(const VideoRequest& request) {
  const CutKnobs knobs = CutKnobsFor(request);
  return {.subject = CutDetectionSubject(knobs),
          .measured_by = fmt::format(
              "reelbatch bench matrix --part {} --presets {} --input real --out DIR",
              fmt::join(PartNames(knobs.parts), ","), contracts::PresetName(knobs.preset))};
}

}  // namespace

ComponentDefinition CutDetectionDefinition() {
  const std::string name(kCutDetectionName);
  return {
      .name = name,
      .version = std::string(kCutDetectionVersion),
      .runs_by_default = true,
      .knobs = CutDetectionKnobs(),
      .run_settings = {"preset", "emergency_fast", "deadline", "loop_filter", "sampling"},
      .schema = std::string(kCutNpzSchema),
      .document = CutsFile(name + "/cuts.json"),
      .make = [](const VideoRequest& request) { return MakeCutDetection(CutKnobsFor(request)); },
      .settle = SettleCuts,
      .price = Price,
      .measured_parts = {"hard", "soft", "motion"},
      .measured = MeasuredCuts};
}

}  // namespace reelbatch::components
