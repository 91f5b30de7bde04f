#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/result.h"
#include "contracts/outcome.h"
#include "contracts/run_config.h"
#include "store/finished_work.h"
#include "store/journal.h"
#include "store/state_db.h"
#include "store/stored_component.h"

namespace reelbatch::store {

/// Writes the outcome of one video into the folder of its run: files first, the manifest last.
/// Threads: any, for different videos.
class ResultWriter {
 public:
  struct Run {
    const contracts::RunConfig& config;
    const std::vector<StoredComponent>& components;  // in run order
    std::span<const OutsideComponent> outside;
    const FolderLayout& layout;
    const std::string& run_id;
  };
  ResultWriter(Run run, Journal& journal) : run_(run), journal_(journal) {}

  /// Results in `found` are kept: files of other runs are linked (copied if the file system does
  /// not support links), and the manifest has their origin. The other components are in `outcome`.
  /// Errors: io, internal (an incomplete result), out_of_memory. If a component failed, its result
  /// of an earlier call in this folder is kept (KeptResult()). True: this was the case.
  base::Result<bool> WriteResult(const VideoRow& row, const contracts::VideoOutcome& outcome,
                                 const FoundWork& found);

  /// Writes the manifest of a video without any result; existing files are removed. Errors: io.
  base::Status WriteError(const VideoRow& row, const contracts::VideoOutcome& outcome);

 private:
  base::Result<ManifestComponent> Write(const VideoRow& row, const contracts::VideoOutcome& outcome,
                                        const StoredComponent& component,
                                        const ResultIdentity& identity);
  base::Result<std::vector<ArtifactEntry>> WriteArtifacts(const VideoRow& row,
                                                          const contracts::VideoOutcome& outcome,
                                                          const StoredComponent& component,
                                                          const ResultIdentity& identity);
  base::Status TakeOver(const VideoRow& row, const FoundComponent& found);
  base::Status WriteManifest(const VideoRow& row, const contracts::VideoOutcome& outcome,
                             Manifest manifest);
  std::filesystem::path Folder(const VideoRow& row) const {
    return run_.layout.Run(row.video_id, run_.run_id);
  }
  void Remove(const VideoRow& row, const std::string& component) const;
  base::AtomicWrite Atomic() const {
    return {.temp_folder = run_.layout.temporaries(), .write_call = nullptr};
  }

  const Run run_;
  Journal& journal_;
};

}  // namespace reelbatch::store
