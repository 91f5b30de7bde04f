#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"

namespace reelbatch::store {

/// What run.json says of the run as a whole.
struct SummaryFacts {
  std::string run_id = {};  // empty: it does not say
  std::string ending = {};  // likewise
  bool has_videos = false;  // there is a list of them
};

/// Reads run.json value by value: memory does not grow with the number of videos. `file` gets every
/// path that its videos name as manifest or artifact, relative to the output folder; it may be
/// null. Errors: io, corrupt (no JSON object).
base::Result<SummaryFacts> ReadRunSummary(
    const std::filesystem::path& summary,
    const std::function<void(const std::string& path)>& file = nullptr);

}  // namespace reelbatch::store
