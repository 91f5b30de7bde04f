#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/folder_layout.h"

namespace reelbatch::store {

/// Something that no kept run needs.
struct Prunable {
  enum class Kind : uint8_t {
    kRun,          // the folder of another run
    kUnfinished,   // the folder of a kept run that was killed: it has no manifest
    kUnnamedFile,  // of a kept run: not in its manifest
    kTemporary,    // temporary file of a killed process
  };
  Kind kind = Kind::kRun;
  std::filesystem::path path;  // relative to the output folder
  int64_t bytes = 0;           // of its files, including those with other hard links
};
/// "run", "unfinished", "unnamed_file", "temporary".
std::string_view PrunableName(Prunable::Kind kind);

struct PrunePlan {
  std::vector<std::string> kept_runs;
  std::vector<Prunable> items;
  int64_t files = 0;
  /// Bytes that become free, without files that have other hard links.
  int64_t bytes = 0;
};

/// What can be removed if the last run (run.json), the runs `keep` and the results that theirs were
/// made from are kept. A video of which none of them has a result keeps those that it has. The
/// caller holds the lock of the folder (FolderLock) until Prune() has finished. Errors:
/// invalid_argument (no output folder, no last run and nothing to keep, a run of `keep` that does
/// not exist), corrupt (run.json).
base::Result<PrunePlan> PlanPrune(const FolderLayout& layout, const std::vector<std::string>& keep);

/// Removes them. Errors: io (what was removed before is gone).
base::Status Prune(const FolderLayout& layout, const PrunePlan& plan);

}  // namespace reelbatch::store
