#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/folder_layout.h"

namespace reelbatch::store {

/// Something that no run that is kept needs.
struct Prunable {
  enum class Kind : uint8_t {
    kRun,          // the folder of another run
    kUnfinished,   // the folder of a kept run that was killed there: it has no manifest
    kUnnamedFile,  // of a kept run: its manifest does not name it
    kTemporary,    // what a killed process was writing
  };
  Kind kind = Kind::kRun;
  std::filesystem::path path;  // relative to the output folder
  int64_t bytes = 0;           // of its files, also of those that have other names
};
/// "run", "unfinished", "unnamed_file", "temporary".
std::string_view PrunableName(Prunable::Kind kind);

struct PrunePlan {
  std::vector<std::string> kept_runs;
  std::vector<Prunable> items;
  int64_t files = 0;
  /// That become free: those of files that keep another name are not in it.
  int64_t bytes = 0;
};

/// What can go where the last run (run.json), the runs `keep` and whatever their results were made
/// from stay. A video of which none of them has a result keeps those that it has. The caller holds
/// the folder's lock (FolderLock), here and until Prune() is over. Errors: invalid_argument (no
/// output folder, no last run and nothing to keep, a run of `keep` that is not there), corrupt
/// (run.json).
base::Result<PrunePlan> PlanPrune(const FolderLayout& layout, const std::vector<std::string>& keep);

/// Removes it. Errors: io (what was removed before is gone).
base::Status Prune(const FolderLayout& layout, const PrunePlan& plan);

}  // namespace reelbatch::store
