#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "planning/ledger.h"
#include "runtime/simulator/sim_video.h"
#include "runtime/simulator/simulator.h"

namespace reelbatch::runtime {

/// Sees to what may not happen (docs/requirements.md, "What must never happen"): a batch of mixed
/// keys, of too many videos, beyond component cap or budget, out of order, with a unit that is in
/// flight or done, or that comes before the result that it is from, before its back-off is over,
/// after too many attempts.
class SimCheck {
 public:
  SimCheck(const Scenario& scenario, std::vector<std::string>& violations)
      : scenario_(scenario), violations_(violations) {}

  /// Before the units of `launch` are marked as in flight. `videos`: by unit of the launch; null:
  /// is done.
  void Launched(const planning::LaunchBatch& launch, int component, const planning::Ledger& ledger,
                bool same_bucket, const std::vector<const SimRunning*>& videos,
                base::Nanoseconds now);
  /// The pieces of a batch that failed out of memory may not run before `not_before`.
  void BacksOff(int key, const planning::RetryPiece& piece);
  /// The process was killed, and its retries with it.
  void Forget() { not_before_.clear(); }
  void Violated(std::string what);

 private:
  void CheckOrder(const planning::LaunchBatch& launch, int component,
                  const std::vector<const SimRunning*>& videos);
  void CheckMemory(const planning::LaunchBatch& launch, int component,
                   const planning::Ledger& ledger);

  const Scenario& scenario_;
  std::vector<std::string>& violations_;
  std::map<std::tuple<int, int, int>, base::Nanoseconds> not_before_;  // by key, video, unit
};

}  // namespace reelbatch::runtime
