#pragma once

#include <compare>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/cancel.h"
#include "base/mutex.h"
#include "base/result.h"
#include "contracts/outcome.h"
#include "store/source_input.h"
#include "store/state_db.h"

namespace reelbatch::store {

/// The state belongs to us, not to the video: its errors end the run (unavailable).
base::Error FolderFailed(base::Error error);

/// Knows which file is which video, and the content of each file when it was hashed, in the state
/// of an output folder. Paths are absolute. Threads: any.
class SourceRegistry {
 public:
  /// `state` must outlive it. `config_hash` is stored with every input of a run.
  SourceRegistry(StateDb& state, std::string config_hash)
      : state_(state), config_hash_(std::move(config_hash)) {}

  /// As OutputFolder::Register().
  base::Status Register(std::span<const SourceInput> inputs, const base::CancelToken& cancel)
      EXCLUDES(mutex_);

  /// Errors: internal (not registered), unavailable.
  base::Result<VideoRow> RowOf(const std::filesystem::path& path) const;

  /// The hash of the source now, stored together with its stat.
  /// Errors: io, cancelled, unavailable.
  base::Result<std::string> ContentOf(const VideoRow& row, const base::CancelToken& cancel);

  /// The fault source_changed if the content is no longer that of ContentOf().
  /// Errors: unavailable.
  base::Result<std::optional<contracts::Fault>> Changed(const VideoRow& row);

 private:
  /// SourceInput with an absolute path and all fields set.
  struct Source {
    std::string path;
    std::string relative_path;
    friend auto operator<=>(const Source&, const Source&) = default;
  };
  /// By path, each once.
  static std::vector<Source> SourcesOf(std::span<const SourceInput> inputs);
  /// Gives ids to videos that the state does not have, and makes them inputs of the run.
  base::Status AddNewVideos(const std::vector<Source>& fresh, StateDb::Batch& batch) const;

  StateDb& state_;
  const std::string config_hash_;
  base::Mutex mutex_;  // one Register() at a time
  bool run_begun_ GUARDED_BY(mutex_) = false;
};

}  // namespace reelbatch::store
