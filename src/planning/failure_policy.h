#pragma once

#include <span>
#include <vector>

#include "base/clock.h"
#include "contracts/batch.h"
#include "contracts/batch_failure.h"
#include "planning/decide.h"

namespace reelbatch::planning {

/// The consequence of a failed batch. Exactly one of: pieces (its units are retried),
/// units_failed (they fail, others of the key continue), key_stopped (all units of the key fail).
struct AfterFailure {
  std::vector<RetryPiece> pieces = {};
  bool units_failed = false;
  bool key_stopped = false;
  bool restart = false;  // of the context or server of the executor, before the pieces run
  bool learn = false;    // the size must not be tried again
};

/// A failed batch, as the policy sees it.
struct FailedBatch {
  std::span<const contracts::UnitId> units;  // by video and index, not empty
  int attempt = 1;
  contracts::FailureClass failure = contracts::FailureClass::kOther;
  int max_batch = 0;  // of kBatchLimit: the maximum of the executor; 0: it did not report it
  bool worked_before =
      false;  // a batch of this key succeeded since the executor was last (re)started
};

/// Rules: out of memory at size b is retried in pieces of max(1, b/2), then of 1, each after
/// policy.backoff; out of memory at the last attempt stops the key. A single unit that runs out of
/// memory although the key worked before is `poisoned`: restart, then retry. absurd_size fails its
/// units at once. unavailable is retried unchanged, the second time after five times the retry
/// delay. input and other: units are retried one by one to find the cause; a unit that fails alone
/// fails. batch_limit: retried at once, in pieces of the executor's maximum. bad_request and
/// bad_response stop the key, because every other batch of it would fail, too. Work never moves to
/// another device, and nothing is reduced but the batch. Threads: pure, any. Source:
/// docs/requirements.md, "OOM policy" and "Classes of memory errors".
AfterFailure AfterBatchFailed(const FailedBatch& batch, const Policy& policy,
                              base::Nanoseconds now);

}  // namespace reelbatch::planning
