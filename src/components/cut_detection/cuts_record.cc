#include "components/cut_detection/cuts_record.h"

#include <utility>

#include "base/json_text.h"
#include "components/cut_detection/cut_settings.h"

namespace reelbatch::components {

using base::Json;

namespace {

/// The settings that cuts.json shows, from the result's own meta.
CutKnobs KnobsIn(const contracts::ComponentResult& result) {
  CutKnobs shown;
  const Json meta = Json::parse(result.meta, nullptr, false);
  if (!meta.is_object() || !meta.contains("knobs")) return shown;
  const Json& knobs = meta["knobs"];
  if (const auto preset = contracts::PresetNamed(result.preset)) shown = KnobsOf(*preset);
  shown.preset_reason = result.preset_reason;
  if (knobs.value("decision", "") == DecisionName(Decision::kSeed))
    shown.decision = Decision::kSeed;
  shown.min_confidence = knobs.value("min_confidence", shown.min_confidence);
  return shown;
}

}  // namespace

CutsRecord MakeCutsRecord(const contracts::DocumentInput& input) {
  CutsRecord record;
  static_cast<contracts::EventList&>(record) = input.events;
  record.parts = PartNames(PartsOf(input.config));
  record.analysis_fps = input.config.sampling.analysis_fps;
  record.crop = input.config.sampling.crop;
  record.loop_filter_skipped = contracts::SkipsLoopFilter(input.config);
  record.config_hash = input.config_hash;
  record.knobs = KnobsIn(input.result);
  return record;
}

}  // namespace reelbatch::components
