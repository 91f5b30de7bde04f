#pragma once

#include <span>
#include <vector>

#include "base/clock.h"
#include "contracts/batch.h"
#include "contracts/batch_failure.h"
#include "planning/decide.h"

namespace reelbatch::planning {

/// What happens after a batch has failed. Exactly one of: pieces (its units run again),
/// units_failed (they will not, others of the key go on), key_stopped (no unit of the key will).
struct AfterFailure {
  std::vector<RetryPiece> pieces = {};
  bool units_failed = false;
  bool key_stopped = false;
  bool restart = false;  // the executor's context or server, before the pieces run
  bool learn = false;    // the size must not be tried again
};

/// A batch that failed, as the policy sees it.
struct FailedBatch {
  std::span<const contracts::UnitId> units;  // by video and index, not empty
  int attempt = 1;
  contracts::FailureClass failure = contracts::FailureClass::kOther;
  int max_batch = 0;  // of kBatchLimit: that the executor takes; 0: it did not say
  bool worked_before =
      false;  // a batch of this key came through since the executor was last (re)started
};

/// The ladder: out of memory at b runs again as pieces of max(1, b/2), then of 1, each after
/// policy.backoff; out of memory at the last attempt stops the key. One unit that runs out of
/// memory where the key worked before is `poisoned`: restart, then again. absurd_size fails its
/// units at once. unavailable runs again as it is, the second time after five times the back-off.
/// input and other: alone, to find whose fault it is; what fails alone fails. batch_limit: at once,
/// in pieces as large as the executor takes. bad_request and bad_response stop the key: no other
/// batch of it would come through. Nothing ever moves to another device and nothing is made smaller
/// but the batch. Threads: pure, any. Source: docs/requirements.md, "OOM policy" and "Classes of
/// memory errors".
AfterFailure AfterBatchFailed(const FailedBatch& batch, const Policy& policy,
                              base::Nanoseconds now);

}  // namespace reelbatch::planning
