#include "contracts/run_config.h"

#include <utility>

namespace reelbatch::contracts {

const KnobSetting& SettingOf(const RunConfig& config, const ComponentKnob& knob) {
  const KnobSettings& settings = knob.hashed ? config.knobs : config.unhashed_knobs;
  const auto found = settings.find(knob.name);
  return found == settings.end() ? knob.usual : found->second;
}

Reuse ReuseOf(const RunConfig& config, const ComponentKnob& knob) {
  const auto& name = ValueOf<std::string>(config, knob);
  for (const Reuse reuse : {Reuse::kPrefer, Reuse::kRequire}) {
    if (name == ReuseName(reuse)) return reuse;
  }
  return Reuse::kNever;
}

void SetKnob(RunConfig& config, const ComponentKnob& knob, KnobSetting value) {
  KnobSettings& settings = knob.hashed ? config.knobs : config.unhashed_knobs;
  settings.insert_or_assign(knob.name, std::move(value));
}

bool SkipsLoopFilter(const RunConfig& config) {
  if (config.loop_filter == LoopFilter::kAuto) return config.preset == Preset::kFast;
  return config.loop_filter == LoopFilter::kSkip;
}

std::string_view LoopFilterName(bool skipped) { return skipped ? "skipped" : "kept"; }

}  // namespace reelbatch::contracts
