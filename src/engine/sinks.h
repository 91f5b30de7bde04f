#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "engine/run_prices.h"
#include "runtime/run_sink.h"
#include "store/output_folder.h"

namespace reelbatch::engine {

/// Connects an output folder to a run. `folder` must outlive it and have every input registered.
class FolderSink final : public runtime::RunSink {
 public:
  /// `prices` outlives it, too.
  FolderSink(store::OutputFolder& folder, const RunPrices& prices, bool force)
      : folder_(folder), prices_(prices), force_(force) {}

  bool LikelyFinished(const runtime::Input& input) override;
  base::Result<runtime::EarlierWork> Begin(const runtime::Input& input,
                                           const base::CancelToken& cancel) override;
  base::Result<runtime::LoadedWork> Load(const runtime::Input& input,
                                         std::vector<std::string> done) override;
  base::Status Commit(const runtime::Input& input, contracts::VideoOutcome& outcome) override;

 private:
  store::OutputFolder& folder_;
  const RunPrices& prices_;
  const bool force_;
};

/// Keeps nothing: for callers that get every outcome from the observer.
class NoSink final : public runtime::RunSink {
 public:
  base::Result<runtime::EarlierWork> Begin(const runtime::Input& input,
                                           const base::CancelToken& cancel) override;
  base::Status Commit(const runtime::Input& input, contracts::VideoOutcome& outcome) override;
};

/// Keeps every outcome in memory, for a command that writes no folder.
class MemorySink final : public runtime::RunSink {
 public:
  enum class Signals : uint8_t { kDrop, kKeep };  // the arrays of results

  explicit MemorySink(size_t inputs, Signals signals = Signals::kDrop)
      : signals_(signals), outcomes_(inputs) {}

  base::Result<runtime::EarlierWork> Begin(const runtime::Input& input,
                                           const base::CancelToken& cancel) override;
  base::Status Commit(const runtime::Input& input, contracts::VideoOutcome& outcome) override;

  /// By Input::id; not set if the run ended before. Call it after the run.
  std::vector<std::optional<contracts::VideoOutcome>> Take() EXCLUDES(mutex_);

 private:
  const Signals signals_;
  base::Mutex mutex_;
  std::vector<std::optional<contracts::VideoOutcome>> outcomes_ GUARDED_BY(mutex_);
};

}  // namespace reelbatch::engine
