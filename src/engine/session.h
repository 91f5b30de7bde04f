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

/// An output folder that a session writes to.
struct FolderTarget {
  std::filesystem::path path;
  std::string command_line = {};  // for its lock and journal
  bool force = false;             // do again what is done already
};

struct SessionRequest {
  Catalog catalog;
  contracts::RunConfig config;  // has passed SettleConfig()
  WorkOptions work = {};
  int threads = 0;                                // 0: every core this process may use
  std::vector<contracts::CostTable> tables = {};  // what work is expected to cost
  ModelPlaces models = {};
  std::optional<FolderTarget> folder = std::nullopt;  // none: the sink of the caller alone
  runtime::RunSink* sink = nullptr;  // where there is no folder; outlives the session
  size_t videos = 0;                 // that are expected; 0: not known
  bool names_videos = false;         // VideoId() is wanted also where nothing is batched
  /// Changes how videos are opened; unset: each by itself.
  std::function<void(runtime::RunDependencies&)> adjust = nullptr;
};

struct SessionReport {
  runtime::RunReport run;
  /// Of the folder: its journal, its limits, run.json. What was committed before an error is kept.
  base::Status folder;
};

/// Everything that a run over videos is wired from: models, prices, limits, folder, threads.
/// Threads: Submit() and Close() by any; Watch() by one, which works until the run has ended; the
/// rest before Watch() or after it.
class Session {
 public:
  /// Opens models and folder; nothing runs yet. `clock` and `cancel` outlive it. Errors: as
  /// SetUpBatching() and store::OutputFolder::Open(); out_of_memory.
  static base::Result<std::unique_ptr<Session>> Open(SessionRequest request,
                                                     const base::Clock& clock,
                                                     const base::CancelToken& cancel);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Observers of progress and of batches; null: none. They must outlive Watch().
  void Observe(runtime::RunObserver* observer, runtime::BatchObserver* batches);

  /// More videos. The answer is the runtime::Input::id of the first, the others follow. Errors: as
  /// store::OutputFolder::Register(), and invalid_argument (with a folder, a path comes twice).
  base::Result<int> Submit(std::span<const store::SourceInput> videos) EXCLUDES(submit_mutex_);
  /// No more videos come.
  void Close() { run_->Close(); }
  /// Works until it is closed and everything is done, or `cancel` or an error ends it. Once.
  SessionReport Watch();
  /// Instead of Watch(): nothing was begun, and the folder's journal says how it ended.
  void Abandon(store::RunEnding ending);

  const runtime::RunOptions& options() const { return options_; }
  const BatchLog& batches() const { return *batches_; }
  /// Null: there is none.
  store::OutputFolder* folder() { return folder_.get(); }
  /// Why limits of earlier runs could not be read; none: nothing is wrong.
  const std::optional<base::Error>& limits_error() const { return limits_error_; }
  /// Of a submitted video, by its rank. Empty without a folder, and where nobody asked for it
  /// (SessionRequest::names_videos): it costs a lookup per video before the first one is decoded.
  std::string VideoId(int rank) const EXCLUDES(submit_mutex_);

 private:
  class Observers;
  Session(SessionRequest request, const base::Clock& clock, const base::CancelToken& cancel);
  base::Status Start();
  base::Status OpenFolder();
  /// With the folder. Errors: as Submit(); then none of them counts as submitted.
  base::Status Register(std::span<const store::SourceInput> videos) EXCLUDES(submit_mutex_);
  /// All of them are submitted now. Errors: invalid_argument (one was before; then none is).
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
