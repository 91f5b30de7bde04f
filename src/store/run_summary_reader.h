#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"

namespace reelbatch::store {

/// The facts of run.json about the run as a whole.
struct SummaryFacts {
  std::string run_id = {};  // empty: missing in the file
  std::string ending = {};  // likewise
  bool has_videos = false;  // it has a list of videos
};

/// Reads run.json value by value: memory does not grow with the number of videos. `file` is called
/// with every path of a manifest or artifact in it, relative to the output folder; it may be null.
/// Errors: io, corrupt (no JSON object).
base::Result<SummaryFacts> ReadRunSummary(
    const std::filesystem::path& summary,
    const std::function<void(const std::string& path)>& file = nullptr);

}  // namespace reelbatch::store
