#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "contracts/batch.h"
#include "contracts/limit_record.h"
#include "planning/learned_limit.h"
#include "store/output_folder.h"

namespace reelbatch::engine {

/// The learned limits of an output folder on this machine.
/// Threads: any; `folder` must outlive it.
class LimitBook {
 public:
  /// `limits`: the contents of `folder`. Limits older than planning::LearnedLimit::kExpires at
  /// `wall` are dropped.
  LimitBook(store::OutputFolder& folder, std::vector<contracts::LimitRecord> limits,
            std::string device, base::Nanoseconds wall);

  /// 0: no limit is known.
  planning::LearnedLimit Of(const contracts::BatchKey& key) const EXCLUDES(mutex_);
  /// Stores a limit now, so that it is kept even if the process is killed. Errors: io.
  base::Status Learn(const contracts::BatchKey& key, const planning::LearnedLimit& limit)
      EXCLUDES(mutex_);

 private:
  store::OutputFolder& folder_;
  const std::string device_;
  mutable base::Mutex mutex_;
  std::vector<contracts::LimitRecord> limits_ GUARDED_BY(mutex_);  // of all devices
};

}  // namespace reelbatch::engine
