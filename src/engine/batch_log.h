#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "base/json_text.h"
#include "base/mutex.h"
#include "base/result.h"
#include "engine/limit_book.h"
#include "runtime/batching.h"
#include "store/output_folder.h"

namespace reelbatch::engine {

/// Totals over the batches of one stage.
struct StageBatches {
  int64_t units = 0;    // units with results
  int64_t batches = 0;  // batches that succeeded
  int64_t ooms = 0;
  int64_t retries = 0;  // starts of units after their first one
  int most_videos = 0;
  int learned_limit = 0;
  double predicted_ms = 0;
  double actual_ms = 0;
  base::Nanoseconds longest_wait{0};
  std::map<int, int64_t> sizes;
  std::array<int64_t, planning::kBindings> by_binding{};
};

/// Writes every batch of a run to the journal, and keeps totals for the end of the run.
/// Threads: as BatchObserver; OnSecondPass() may run at the same time.
class BatchLog final : public runtime::BatchObserver {
 public:
  /// `folder` and `limits`: both, or null for a run without a folder, which keeps only the
  /// totals. `video_id`: by rank.
  BatchLog(store::OutputFolder* folder, LimitBook* limits, std::function<std::string(int)> video_id)
      : folder_(folder), limits_(limits), video_id_(std::move(video_id)) {}

  void OnLaunch(const runtime::BatchReport& report) override;
  void OnEnd(const runtime::BatchReport& report) override;

  /// A second pass over a video has ended.
  void OnSecondPass(int video, base::Nanoseconds took);

  /// Call it when the run has ended: it stores for the next run how often limits held.
  void KeepLimits();
  /// After the run: totals by contracts::StageText(). Empty: there were no batches.
  const std::map<std::string, StageBatches>& stages() const { return stages_; }
  /// Units with results, by batch key.
  const std::map<contracts::BatchKey, int64_t>& units() const { return units_; }
  /// The first line of the journal that could not be written.
  base::Status status() EXCLUDES(mutex_) {
    const base::MutexLock lock(mutex_);
    return status_;
  }

 private:
  void Note(std::string_view event, const base::Json& fields) EXCLUDES(mutex_);
  void Keep(base::Status written) EXCLUDES(mutex_);
  /// Its units as in the journal: {video, first, last}.
  base::Json Ranges(const runtime::BatchReport& report) const;
  void Keep(const contracts::BatchKey& key, const planning::LearnedLimit& limit);

  store::OutputFolder* const folder_;
  LimitBook* const limits_;
  const std::function<std::string(int)> video_id_;
  std::map<std::string, StageBatches> stages_;
  std::map<contracts::BatchKey, int64_t> units_;
  std::map<contracts::BatchKey, planning::LearnedLimit> limits_held_;  // since they were stored
  base::Mutex mutex_;
  base::Status status_ GUARDED_BY(mutex_);
};

}  // namespace reelbatch::engine
