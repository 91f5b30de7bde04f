#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace reelbatch::store {

/// The paths in an output folder.
struct FolderLayout {
  std::filesystem::path root;

  std::filesystem::path marker() const { return root / ".reelbatch"; }
  std::filesystem::path temporaries() const { return marker() / "tmp"; }
  std::filesystem::path lock() const { return marker() / "lock"; }
  std::filesystem::path state() const { return marker() / "state.db"; }
  std::filesystem::path journal() const { return marker() / "journal.jsonl"; }
  std::filesystem::path limits() const { return marker() / "limits.json"; }
  std::filesystem::path run_summary() const { return root / "run.json"; }
  std::filesystem::path videos() const;
  /// <root>/local/<video_id>/<run_id>
  std::filesystem::path Run(const std::string& video_id, const std::string& run_id) const;
};

inline constexpr std::string_view kManifestFile = "manifest.json";

/// Checks that we may write to a folder: it is missing, empty, or was made by reelbatch.
/// Errors: invalid_argument (not a folder; it has files of another program, and the message names
/// one), io.
base::Status CheckOutputFolder(const FolderLayout& layout);

}  // namespace reelbatch::store
