#include "engine/sinks.h"

#include <utility>

namespace reelbatch::engine {

bool FolderSink::LikelyFinished(const runtime::Input& input) {
  return !force_ && folder_.HasManifest(input.path);
}

base::Result<runtime::EarlierWork> FolderSink::Begin(const runtime::Input& input,
                                                     const base::CancelToken& cancel) {
  auto earlier = folder_.FindFinished(input.path, cancel);
  if (!earlier) return std::unexpected(earlier.error());
  return runtime::EarlierWork{.outcome = std::move(earlier->outcome),
                              .done = std::move(earlier->done)};
}

base::Result<runtime::LoadedWork> FolderSink::Load(const runtime::Input& input,
                                                   std::vector<std::string> /*done*/) {
  auto loaded = folder_.LoadUsed(input.path);
  if (!loaded) return std::unexpected(loaded.error());
  return runtime::LoadedWork{.done = std::move(loaded->done),
                             .results = std::move(loaded->results),
                             .faults = std::move(loaded->faults)};
}

base::Status FolderSink::Commit(const runtime::Input& input, contracts::VideoOutcome& outcome) {
  prices_.Add(outcome);
  contracts::VideoOutcome recorded;
  if (const auto committed = folder_.Commit(input.path, outcome, &recorded); !committed)
    return committed;
  outcome = std::move(recorded);
  return {};
}

base::Result<runtime::EarlierWork> NoSink::Begin(const runtime::Input& /*input*/,
                                                 const base::CancelToken& /*cancel*/) {
  return runtime::EarlierWork();
}

base::Status NoSink::Commit(const runtime::Input& /*input*/, contracts::VideoOutcome& /*outcome*/) {
  return {};
}

base::Result<runtime::EarlierWork> MemorySink::Begin(const runtime::Input& /*input*/,
                                                     const base::CancelToken& /*cancel*/) {
  return runtime::EarlierWork();
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

}  // namespace reelbatch::engine
