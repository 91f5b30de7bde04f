#pragma once

#include <map>
#include <string>
#include <vector>

#include "apps/reelbatch/console.h"
#include "apps/reelbatch/eval/error_page.h"
#include "apps/reelbatch/eval/eval_settings.h"
#include "base/cancel.h"
#include "base/result.h"
#include "eval/report.h"
#include "eval/truth.h"

namespace reelbatch::app {

/// The truth files of a folder that --include and --exclude leave, by name.
/// Errors: invalid_argument (no folder, none left), io, corrupt (names file and field).
base::Result<std::vector<eval::Truth>> ReadTruths(const std::filesystem::path& folder,
                                                  const EvalSettings& settings);

struct EvalRows {
  std::vector<eval::Row> rows;
  std::vector<std::map<std::string, ClipDetails>>
      details;  // of each row, by clip; with --dump-errors
  bool answered =
      true;  // false: a clip has no answer in one of them, and counts as one without events
};

/// A row per detector, in the order of the options. `sources` say where the clips lie.
/// `clips_named`: the command line named them, so it is reported if they are not used.
/// Errors: invalid_argument, io, corrupt (an answer file), cancelled.
base::Result<EvalRows> MakeRows(const EvalSettings& settings,
                                const std::vector<std::string>& sources, bool clips_named,
                                const std::vector<eval::Truth>& truths, Console& console,
                                const base::CancelToken& cancel);

}  // namespace reelbatch::app
