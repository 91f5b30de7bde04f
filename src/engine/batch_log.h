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

/// What became of the batches of one stage.
struct StageBatches {
  int64_t units = 0;    // done
  int64_t batches = 0;  // that came through
  int64_t ooms = 0;
  int64_t retries = 0;  // launches of units beyond their first
  int most_videos = 0;
  int learned_limit = 0;
  double predicted_ms = 0;
  double actual_ms = 0;
  base::Nanoseconds longest_wait{0};
  std::map<int, int64_t> sizes;
  std::array<int64_t, planning::kBindings> by_binding{};
};

/// Writes every batch of a run into the journal, and keeps the account that the run ends with.
/// Threads: as BatchObserver, and OnSecondPass() beside it.
class BatchLog final : public runtime::BatchObserver {
 public:
  /// `folder` and `limits`: both, or null where a run writes no folder: then the account alone is
  /// kept. `video_id`: of a rank.
  BatchLog(store::OutputFolder* folder, LimitBook* limits, std::function<std::string(int)> video_id)
      : folder_(folder), limits_(limits), video_id_(std::move(video_id)) {}

  void OnLaunch(const runtime::BatchReport& report) override;
  void OnEnd(const runtime::BatchReport& report) override;

  /// A second pass over a video has ended.
  void OnSecondPass(int video, base::Nanoseconds took);

  /// When the run has ended: how often limits held, too, is known to the next run.
  void KeepLimits();
  /// When the run has ended, by contracts::StageText(). Empty: there were no batches.
  const std::map<std::string, StageBatches>& stages() const { return stages_; }
  /// Done, by key.
  const std::map<contracts::BatchKey, int64_t>& units() const { return units_; }
  /// The first line of the journal that could not be written.
  base::Status status() EXCLUDES(mutex_) {
    const base::MutexLock lock(mutex_);
    return status_;
  }

 private:
  void Note(std::string_view event, const base::Json& fields) EXCLUDES(mutex_);
  void Keep(base::Status written) EXCLUDES(mutex_);
  /// Its units, as the journal tells of them: {video, first, last}.
  base::Json Ranges(const runtime::BatchReport& report) const;
  void Keep(const contracts::BatchKey& key, const planning::LearnedLimit& limit);

  store::OutputFolder* const folder_;
  LimitBook* const limits_;
  const std::function<std::string(int)> video_id_;
  std::map<std::string, StageBatches> stages_;
  std::map<contracts::BatchKey, int64_t> units_;
  std::map<contracts::BatchKey, planning::LearnedLimit> limits_held_;  // since they were kept
  base::Mutex mutex_;
  base::Status status_ GUARDED_BY(mutex_);
};

}  // namespace reelbatch::engine
