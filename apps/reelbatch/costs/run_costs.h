#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "costs/calibration.h"

namespace reelbatch::app {

/// Predicted and actual costs of the runs in an output folder.
struct RunCosts {
  std::vector<costs::CalibrationSample> samples;  // of every manifest that has some, by path
  std::vector<costs::BatchSample> batches;        // of the journal, in the order of their ends
  std::vector<costs::MemorySample> runs;          // of the journal, oldest first
  std::vector<base::Error> unreadable;            // names file and field
};

/// Errors: invalid_argument (there are none; the message has the remedy).
base::Result<RunCosts> ReadRunCosts(const std::filesystem::path& out);

}  // namespace reelbatch::app
