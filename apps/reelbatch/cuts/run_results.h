#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "components/cut_detection/cuts_record.h"

namespace reelbatch::app {

/// What runs left in an output folder.
struct RunResults {
  /// Of every video, by video id: those of the run that run.json tells of, else the newest. Only
  /// what a manifest names counts, and a killed run has none.
  std::vector<components::CutsRecord> records;
  std::vector<std::filesystem::path> arrays;  // cut_detection.npz of each record
  std::vector<base::Error> unreadable;        // names file and field
};

/// `from` may also be one cuts.json. Decodes nothing.
/// Errors: invalid_argument (there are none; the message has the remedy).
base::Result<RunResults> ReadRunResults(const std::filesystem::path& from);

/// Puts the signals of every frame that `columns` name into a record, from its arrays. Errors: as
/// store::ReadNpz().
base::Status ReadSignals(const std::filesystem::path& arrays,
                         const std::vector<std::string_view>& columns,
                         components::CutsRecord& record);

/// Applies another threshold to what was found, where the configuration names one: events,
/// candidates, shots and the threshold of the record change.
void DecideAgain(const contracts::RunConfig& config, components::CutsRecord& record);

}  // namespace reelbatch::app
