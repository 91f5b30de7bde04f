#include "contracts/run_config.h"

#include <algorithm>

namespace reelbatch::contracts {

std::string_view ReuseName(Reuse reuse) {
  switch (reuse) {
    case Reuse::kNever:
      return "never";
    case Reuse::kPrefer:
      return "prefer";
    case Reuse::kRequire:
      return "require";
  }
  return "never";
}

bool SkipsLoopFilter(const RunConfig& config) {
  if (config.loop_filter == LoopFilter::kAuto) return config.preset == Preset::kFast;
  return config.loop_filter == LoopFilter::kSkip;
}

std::string_view LoopFilterName(bool skipped) { return skipped ? "skipped" : "kept"; }

CutParts PartsOf(const RunConfig& config) {
  if (config.parts.empty()) return {.hard = true, .soft = config.decision == Decision::kAdaptive};
  const auto has = [&](const char* name) {
    return std::ranges::find(config.parts, name) != config.parts.end();
  };
  return {.hard = has("hard"), .soft = has("soft"), .motion = has("motion")};
}

std::vector<std::string> PartNames(const CutParts& parts) {
  std::vector<std::string> names;
  if (parts.hard) names.emplace_back("hard");
  if (parts.soft) names.emplace_back("soft");
  if (parts.motion) names.emplace_back("motion");
  return names;
}

}  // namespace reelbatch::contracts
