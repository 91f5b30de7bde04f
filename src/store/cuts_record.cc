#include "store/cuts_record.h"

#include <utility>

#include "base/json_text.h"
#include "store/described_video.h"
#include "store/identity.h"

namespace reelbatch::store {

using base::Json;

namespace {

/// The settings that cuts.json shows, from the result's own meta.
contracts::CutKnobs KnobsIn(const contracts::ComponentResult& result) {
  contracts::CutKnobs shown;
  const Json meta = Json::parse(result.meta, nullptr, false);
  if (!meta.is_object() || !meta.contains("knobs")) return shown;
  const Json& knobs = meta["knobs"];
  for (const auto preset :
       {contracts::Preset::kQuality, contracts::Preset::kDefault, contracts::Preset::kFast}) {
    if (result.preset == contracts::PresetName(preset)) shown = contracts::KnobsOf(preset);
  }
  shown.preset_reason = result.preset_reason;
  if (knobs.value("decision", "") == contracts::DecisionName(contracts::Decision::kSeed))
    shown.decision = contracts::Decision::kSeed;
  shown.min_confidence = knobs.value("min_confidence", shown.min_confidence);
  return shown;
}

}  // namespace

CutsRecord MakeCutsRecord(const contracts::DocumentInput& input) {
  CutsRecord record;
  static_cast<contracts::EventList&>(record) = input.events;
  record.parts = contracts::PartNames(contracts::PartsOf(input.config));
  record.analysis_fps = input.config.sampling.analysis_fps;
  record.crop = input.config.sampling.crop;
  record.loop_filter_skipped = contracts::SkipsLoopFilter(input.config);
  record.config_hash = input.config_hash;
  record.knobs = KnobsIn(input.result);
  return record;
}

CutsRecord MakeCutsRecord(const std::filesystem::path& video, std::string_view source_sha256,
                          const contracts::VideoOutcome& outcome,
                          const contracts::RunConfig& config) {
  static const contracts::ComponentResult kNone;
  const contracts::ComponentResult* const found = contracts::ResultWithEvents(outcome);
  const contracts::ComponentResult& result = found == nullptr ? kNone : *found;
  const contracts::EventList events = DescribeVideo(video, source_sha256, outcome, result);
  return MakeCutsRecord(
      {.result = result, .events = events, .config = config, .config_hash = ConfigHash(config)});
}

}  // namespace reelbatch::store
