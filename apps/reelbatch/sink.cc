#include "apps/reelbatch/sink.h"

#include <system_error>
#include <utility>

#include "store/folder_layout.h"

namespace reelbatch::app {

bool FolderSink::LikelyFinished(const runtime::Input& input) {
  if (force_) return false;
  const auto video_folder = folder_.VideoFolder(input.path);
  std::error_code error;
  return video_folder && std::filesystem::exists(*video_folder / store::kManifestFile, error);
}

base::Result<std::optional<contracts::VideoOutcome>> FolderSink::Begin(
    const runtime::Input& input, const base::CancelToken& cancel) {
  return folder_.FindFinished(input.path, cancel);
}

base::Status FolderSink::Commit(const runtime::Input& input, contracts::VideoOutcome& outcome) {
  prices_.Add(outcome);
  contracts::VideoOutcome recorded;
  if (const auto committed = folder_.Commit(input.path, outcome, &recorded); !committed)
    return committed;
  outcome = std::move(recorded);
  return {};
}

base::Result<std::optional<contracts::VideoOutcome>> MemorySink::Begin(
    const runtime::Input& /*input*/, const base::CancelToken& /*cancel*/) {
  return std::nullopt;
}

base::Status MemorySink::Commit(const runtime::Input& input, contracts::VideoOutcome& outcome) {
  const base::MutexLock lock(mutex_);
  auto& kept = outcomes_[static_cast<size_t>(input.id)];
  kept = outcome;
  if (signals_ == Signals::kDrop) {
    for (auto& [component, result] : kept->results) result.arrays.clear();
  }
  return {};
}

std::vector<std::optional<contracts::VideoOutcome>> MemorySink::Take() {
  const base::MutexLock lock(mutex_);
  return std::move(outcomes_);
}

}  // namespace reelbatch::app
