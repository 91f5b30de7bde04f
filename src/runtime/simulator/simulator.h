#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "planning/lower_bound.h"
#include "runtime/simulator/scenario.h"
#include "runtime/simulator/wait_histogram.h"

namespace reelbatch::runtime {

struct SimDeviceResult {
  double busy_s = 0;       // lane seconds
  double most_mb = 0;      // of ours, by the truth
  double utilisation = 0;  // busy lane seconds / lanes / makespan
};

struct SimComponentResult {
  int64_t units = 0;  // done
  int64_t failed = 0;
  int64_t dropped = 0;
  int64_t held = 0;     // results that waited for memory before they were taken on
  int64_t batches = 0;  // that came through
  int64_t ooms = 0;
  int64_t retries = 0;  // launches beyond a unit's first
  int learned_limit = 0;
  bool stopped = false;
  std::map<int, int64_t> sizes = {};                      // of the batches that came through
  std::array<int64_t, planning::kBindings> by_binding{};  // the same by what bound them
};

/// What a scenario comes to. Times in seconds of the simulated clock.
struct SimResult {
  double makespan_s = 0;
  planning::LowerBound bound;
  double gap = 0;  // makespan / bound; 0 where nothing was to do
  int64_t videos = 0;
  int64_t videos_done = 0;
  int64_t videos_failed = 0;  // a component of theirs failed or was stopped
  int64_t videos_rejected = 0;
  int64_t videos_fast = 0;  // with preset fast
  int64_t second_passes = 0;
  int most_videos_in_batch = 0;
  int most_attempts = 0;
  double most_queued_mb = 0;
  double core_utilisation = 0;
  int64_t events = 0;
  /// How much later it ends than the same scenario without a look-ahead, in per cent of that one's
  /// makespan. Not set by Simulate(): see LookAheadLoss().
  std::optional<double> look_ahead_loss = {};
  WaitHistogram waits;  // of units, from arrival to the launch that they came through with
  std::vector<SimDeviceResult> devices = {};
  std::vector<SimComponentResult> components = {};
  std::vector<std::string> violations = {};  // of what may not happen; at most kMostViolations
  static constexpr size_t kMostViolations = 16;
};

/// One batch as it ended, for a trace or a plan.
struct SimBatch {
  int component = 0;
  int key = 0;
  int device = 0;
  int lane = 0;
  planning::LaunchBatch launch = {};
  base::Nanoseconds began{0};
  base::Nanoseconds ended{0};
  bool succeeded = true;
};
/// One video's time on a source lane.
struct SimSource {
  int video = 0;
  int lane = 0;
  base::Nanoseconds began{0};
  base::Nanoseconds ended{0};
};

/// Told of what happens, as it ends. Both may be empty.
struct SimObserver {
  std::function<void(int video, int lane, base::Nanoseconds now)> on_source_begins = {};
  std::function<void(const SimBatch&)> on_batch = {};
  std::function<void(const SimSource&)> on_source = {};
};

/// Plays the scenario on a clock of its own, with the ledger that the runtime uses: the same
/// scenario gives the same result. What may not happen (docs/requirements.md, "What must never
/// happen") is checked at every step and told in SimResult::violations. Memory: about 300 bytes a
/// video. Errors: invalid_argument (as CheckScenario()).
base::Result<SimResult> Simulate(const Scenario& scenario, const SimObserver& observer = {});

/// What the scenario's look-ahead costs: SimResult::look_ahead_loss of `result`, which Simulate()
/// gave for it. Below 0 where the run ends earlier. Plays the scenario once more, with every video
/// probed before the first is launched. Nothing: it has no look-ahead, or that run takes no time.
std::optional<double> LookAheadLoss(const Scenario& scenario, const SimResult& result);

/// Errors: invalid_argument: names the field. Not_measured: a GPU component without memory.
base::Status CheckScenario(const Scenario& scenario);

}  // namespace reelbatch::runtime
