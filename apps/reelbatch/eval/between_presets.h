#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "apps/reelbatch/console.h"
#include "apps/reelbatch/eval/eval_settings.h"
#include "base/cancel.h"
#include "base/result.h"

namespace reelbatch::app {

/// How presets differ from `default`.
struct PresetComparison {
  std::string table;  // for people
  std::map<std::string, double>
      f1_native;  // by preset, at the clips' own size; `default` itself is 1
};

/// Looks at the clips with every preset, at their own size and at 360x640, writes
/// `folder`/quality_report_{native,360x640}.json and gives a table of how `quality` and `fast`
/// differ from `default`. No truth is needed. Errors: as DetectNow(), io.
base::Result<PresetComparison> CompareBetweenPresets(
    const EvalSettings& settings, const std::filesystem::path& folder,
    const std::vector<std::filesystem::path>& clips, Console& console,
    const base::CancelToken& cancel);

}  // namespace reelbatch::app
