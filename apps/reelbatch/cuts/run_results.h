#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "components/cut_detection/cuts_record.h"

namespace reelbatch::app {

/// What runs left in an output folder.
struct RunResults {
  std::vector<components::CutsRecord> records;  // the newest of every video, by video id
  std::vector<base::Error> unreadable;          // names file and field
};

/// `from` may also be one cuts.json. Decodes nothing.
/// Errors: invalid_argument (nothing there: says how it comes to be).
base::Result<RunResults> ReadRunResults(const std::filesystem::path& from);

/// Draws another line through what was found, where the configuration names one: events,
/// candidates, shots and the line itself change.
void DecideAgain(const contracts::RunConfig& config, components::CutsRecord& record);

}  // namespace reelbatch::app
