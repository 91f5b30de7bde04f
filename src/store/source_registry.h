#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "contracts/outcome.h"
#include "store/state_db.h"

namespace reelbatch::store {

/// The state is ours, not the video's: whatever it says ends the run (unavailable).
base::Error FolderFailed(base::Error error);

/// Which file is which video, and what its content was when it was hashed, in the state of an
/// output folder. Paths are absolute. Threads: Register() by one, before the rest; the rest by any
/// number at once.
class SourceRegistry {
 public:
  /// `state` must outlive it. `config_hash` goes to the state with every input of a run.
  SourceRegistry(StateDb& state, std::string config_hash)
      : state_(state), config_hash_(std::move(config_hash)) {}

  /// As OutputFolder::Register().
  base::Status Register(const std::vector<std::filesystem::path>& inputs,
                        const base::CancelToken& cancel);

  /// Errors: internal (not registered), unavailable.
  base::Result<VideoRow> RowOf(const std::filesystem::path& path) const;

  /// The hash of the source as it is now, remembered together with its stat.
  /// Errors: io, cancelled, unavailable.
  base::Result<std::string> ContentOf(const VideoRow& row, const base::CancelToken& cancel);

  /// The fault source_changed where the content is not the one of ContentOf() any more.
  /// Errors: unavailable.
  base::Result<std::optional<contracts::Fault>> Changed(const VideoRow& row);

 private:
  base::Status RegisterPaths(const std::vector<std::filesystem::path>& paths,
                             const base::CancelToken& cancel);
  base::Status AddNewVideos(const std::vector<std::filesystem::path>& fresh,
                            const base::CancelToken& cancel);

  StateDb& state_;
  const std::string config_hash_;
  bool registered_ = false;
};

}  // namespace reelbatch::store
