#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "contracts/cost_row.h"
#include "contracts/run_config.h"
#include "engine/batch_log.h"
#include "engine/batch_setup.h"
#include "engine/catalog.h"
#include "engine/limit_book.h"
#include "engine/model_places.h"
#include "engine/run_models.h"
#include "engine/run_prices.h"
#include "engine/work_options.h"
#include "measure/machine.h"
#include "runtime/run.h"
#include "store/output_folder.h"

namespace reelbatch::engine {

/// The output folder of a session.
struct FolderTarget {
  std::filesystem::path path;
  std::string command_line = {};  // for its lock and journal
  bool force = false;             // compute again what is already finished
};

struct SessionRequest {
  Catalog catalog;
  contracts::RunConfig config;  // after SettleConfig()
  WorkOptions work = {};
  int threads = 0;                                // 0: one per core that this process may use
  std::vector<contracts::CostTable> tables = {};  // cost rows for predictions
  ModelPlaces models = {};
  std::optional<FolderTarget> folder = std::nullopt;  // none: results go to `sink` only
  runtime::RunSink* sink = nullptr;  // for a session without a folder; must outlive the session
  size_t videos = 0;                 // expected number of videos; 0: not known
  bool names_videos = false;         // VideoId() is needed, even if nothing is batched
  /// Changes how videos are opened; not set: every video is opened alone.
  std::function<void(runtime::RunDependencies&)> adjust = nullptr;
};

struct SessionReport {
  runtime::RunReport run;
  /// Errors of the folder: its journal, its limits, run.json. What was committed before an error is
  /// kept.
  base::Status folder;
};

/// Connects everything that a run needs: models, costs, limits, folder and threads.
/// Threads: Submit() and Close() from any thread; Watch() from one, which works until the run has
/// ended; the others before or after Watch().
class Session {
 public:
  /// Opens models and folder; nothing runs yet. `clock` and `cancel` must outlive it. Errors: as
  /// SetUpBatching() and store::OutputFolder::Open(); out_of_memory.
  static base::Result<std::unique_ptr<Session>> Open(SessionRequest request,
                                                     const base::Clock& clock,
                                                     const base::CancelToken& cancel);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Observers of progress and of batches; null: none. They must outlive Watch().
  void Observe(runtime::RunObserver* observer, runtime::BatchObserver* batches);

  /// Adds videos. Returns the runtime::Input::id of the first one; the others have the following
  /// numbers. Errors: as store::OutputFolder::Register(), and invalid_argument (with a folder, a
  /// path was submitted twice).
  base::Result<int> Submit(std::span<const store::SourceInput> videos) EXCLUDES(submit_mutex_);
  /// Ends the input.
  void Close() { run_->Close(); }
  /// Works until it is closed and all videos are finished, or until `cancel` or an error ends it.
  /// Call it once.
  SessionReport Watch();
  /// Call it instead of Watch() if nothing will run; the journal of the folder then says how it
  /// ended.
  void Abandon(store::RunEnding ending);

  const runtime::RunOptions& options() const { return options_; }
  const BatchLog& batches() const { return *batches_; }
  /// Null: there is none.
  store::OutputFolder* folder() { return folder_.get(); }
  /// Why limits of earlier runs could not be read; none: there was no problem.
  const std::optional<base::Error>& limits_error() const { return limits_error_; }
  /// The id of a submitted video, by its rank. Empty without a folder, and if it was not requested
  /// (SessionRequest::names_videos): it costs a lookup per video before the first one is decoded.
  std::string VideoId(int rank) const EXCLUDES(submit_mutex_);

 private:
  class Observers;
  Session(SessionRequest request, const base::Clock& clock, const base::CancelToken& cancel);
  base::Status Start();
  base::Status OpenFolder();
  /// With a folder. Errors: as Submit(); then none of them counts as submitted.
  base::Status Register(std::span<const store::SourceInput> videos) EXCLUDES(submit_mutex_);
  /// Marks all of them as submitted. Errors: invalid_argument (one already was; then none is
  /// marked).
  base::Status Take(std::span<const std::string> paths) EXCLUDES(submit_mutex_);
  void Forget(std::span<const std::string> paths) EXCLUDES(submit_mutex_);
  void StartRun();

  const SessionRequest request_;
  const base::Clock& clock_;
  const base::CancelToken& cancel_;
  const base::Nanoseconds began_;
  const measure::Machine machine_;
  const std::unique_ptr<RunModels> models_;
  BatchSetup batching_;
  std::unique_ptr<store::OutputFolder> folder_;
  std::optional<base::Error> limits_error_;
  std::unique_ptr<LimitBook> limits_;
  std::unique_ptr<BatchLog> batches_;
  std::unique_ptr<Observers> observers_;
  runtime::RunOptions options_;
  std::unique_ptr<RunPrices> prices_;
  std::unique_ptr<runtime::RunSink> folder_sink_;
  std::unique_ptr<runtime::ActiveRun> run_;
  mutable base::Mutex submit_mutex_;
  int submitted_ GUARDED_BY(submit_mutex_) = 0;
  std::unordered_set<std::string> paths_ GUARDED_BY(submit_mutex_);  // absolute, with a folder
  std::vector<std::string> video_ids_ GUARDED_BY(submit_mutex_);     // by rank
};

}  // namespace reelbatch::engine
