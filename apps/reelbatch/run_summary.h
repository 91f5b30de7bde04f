#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "apps/reelbatch/console.h"
#include "apps/reelbatch/inputs.h"
#include "apps/reelbatch/progress_bar.h"
#include "base/json_text.h"
#include "planning/lower_bound.h"
#include "store/output_folder.h"

namespace reelbatch::app {

/// Everything the last words of a run are made of. References live as long as the run.
struct RunSummary {
  const InputList& inputs;
  const std::vector<std::optional<VideoResult>>& results;  // by the inputs' order
  const store::OutputFolder& folder;
  std::filesystem::path out;
  std::string state;  // "finished", "interrupted", "failed"
  int exit_code = 0;
  double elapsed_s = 0;
  std::optional<double> deadline_s = std::nullopt;
  std::optional<planning::LowerBound> bound =
      std::nullopt;  // none: not known, or the run did not finish
};

/// For people: counts, what failed and why (the first 1000), where the outputs lie.
std::string SummaryText(const RunSummary& summary, bool color);

/// `reelbatch_run_summary_v1` without its rows: `videos` is there and empty.
base::Json SummaryJson(const RunSummary& summary);

/// Writes `document`, which SummaryJson() has begun, to stdout with a row per video, one by one, so
/// that memory does not grow with their number. `kept` of a row: the components that were not
/// computed, each with the run that it was linked from, where that is another one.
void PrintSummaryJson(const base::Json& document, const RunSummary& summary, Console& console);

}  // namespace reelbatch::app
