#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "store/folder_layout.h"

namespace reelbatch::store {

/// Something in an output folder that is not as it was left.
struct Problem {
  enum class Kind : uint8_t {
    kManifestMissing,     // a folder of a run without one: a run was killed there
    kManifestUnreadable,  // no such document
    kManifestMisplaced,   // of another video or run, or with a key that is not that of its fields
    kDigestWrong,         // a result without files, or a digest that is not that of the files
    kArtifactMissing,
    kArtifactDamaged,  // another size or hash
    kFileUnnamed,      // no manifest names it
    kNotRead,          // a file or folder that the system does not let us read
    kSummaryWrong,     // run.json cannot be read, or names a file that is not there
    kRunUnfinished,    // the last run was killed: run.json tells of the one before
  };
  Kind kind = Kind::kManifestMissing;
  std::filesystem::path path;  // relative to the output folder
  std::string detail;
};
/// "manifest_missing", "artifact_damaged", ...
std::string_view ProblemName(Problem::Kind kind);

struct VerifyReport {
  int64_t manifests = 0;
  int64_t artifacts = 0;  // whose size and hash were compared
  int64_t bytes = 0;
  std::vector<Problem> problems;  // by folder
};

/// Reads every manifest and every artifact of all runs, and what run.json names. Writes nothing;
/// while a run writes into the folder, what it has not finished counts as a problem.
/// Errors: invalid_argument (no output folder), cancelled.
base::Result<VerifyReport> VerifyFolder(const FolderLayout& layout,
                                        const base::CancelToken& cancel);

}  // namespace reelbatch::store
