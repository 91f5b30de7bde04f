#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "store/cuts_record.h"

namespace reelbatch::app {

/// A video's cuts as a run left them.
struct RunResult {
  std::filesystem::path cuts_file;
  store::CutsRecord record;
};

/// What runs left in `from`, an output folder: the newest cuts of every video, by video id. `from`
/// may also be one cuts.json. Decodes nothing.
/// Errors: invalid_argument (nothing there: says how it comes to be), io, corrupt (names file and
/// field).
base::Result<std::vector<RunResult>> ReadRunResults(const std::filesystem::path& from);

/// Draws another line through what was found: events, candidates, shots and the line itself change.
void DecideAgain(double min_confidence, store::CutsRecord& record);

}  // namespace reelbatch::app
