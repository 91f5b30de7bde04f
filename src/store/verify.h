#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "store/folder_layout.h"

namespace reelbatch::store {

/// A problem in an output folder.
struct Problem {
  enum class Kind : uint8_t {
    kManifestMissing,     // a folder of a run without a manifest: the run was killed
    kManifestUnreadable,  // not a manifest
    kManifestMisplaced,   // of another video or run, or with a key that does not match its fields
    kDigestWrong,         // a result without files, or a digest that does not match the files
    kArtifactMissing,
    kArtifactDamaged,  // another size or hash
    kFileUnnamed,      // a file that is in no manifest
    kNotRead,          // a file or folder that cannot be read
    kSummaryWrong,     // run.json cannot be read, or names a file that does not exist
    kRunUnfinished,    // the last run was killed: run.json describes the run before
  };
  Kind kind = Kind::kManifestMissing;
  std::filesystem::path path;  // relative to the output folder
  std::string detail;
};
/// "manifest_missing", "artifact_damaged", ...
std::string_view ProblemName(Problem::Kind kind);

struct VerifyReport {
  int64_t manifests = 0;
  int64_t artifacts = 0;  // files whose size and hash were checked
  int64_t bytes = 0;
  std::vector<Problem> problems;  // by folder
};

/// Reads every manifest and every artifact of all runs, and the paths in run.json. Writes nothing;
/// while a run writes into the folder, its unfinished work counts as a problem.
/// Errors: invalid_argument (no output folder), cancelled.
base::Result<VerifyReport> VerifyFolder(const FolderLayout& layout,
                                        const base::CancelToken& cancel);

}  // namespace reelbatch::store
