#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "contracts/batch.h"
#include "planning/batch_cost.h"
#include "planning/unit_queue.h"
#include "planning/video_queue.h"

namespace reelbatch::planning {

/// The limiting factor of a batch: why it is not larger, or why it starts now.
/// Source: docs/requirements.md, "Limiting factor". kBestRatio and kRetry are ours
/// (docs/decisions/0011).
enum class Binding : uint8_t {
  kVram,          // a larger batch would exceed the memory budget of the device
  kRam,           // a larger batch would exceed the RAM, or sources wait for the RAM of this batch
  kCores,         // every core has work
  kComponentCap,  // the batch has max_batch_size_component units
  kVideoCap,      // a larger batch would have units of more than max_videos_per_batch videos
  kLearnedLimit,  // a larger batch ran out of memory before
  kTail,          // no running source can still add units with this batch key
  kDelay,         // the oldest unit has waited for max_queue_delay
  kDeadline,      // preset fast, or the run would end after its deadline
  kBestRatio,     // a larger batch takes more time per unit, as measured
  kRetry,         // the batch retries units of a batch that failed
};
std::string_view BindingName(Binding binding);
inline constexpr int kBindings = 11;

/// How the preferred batch size is chosen. All but kMeasured are baselines for comparisons.
enum class BatchRule : uint8_t {
  kMeasured,  // the least time per unit among the measured sizes that fit, and the best division of
              // the last units
  kFormula,   // the largest that the formula of the seed rule allows
  kFixed,     // fixed_batch
};

struct Policy {
  /// Source: docs/requirements.md, "Videos per batch".
  int max_videos_per_batch = 8;
  base::Nanoseconds max_queue_delay = std::chrono::seconds(10);
  /// Attempts and delay. Source: docs/requirements.md, "OOM policy".
  int max_attempts = 3;
  base::Nanoseconds backoff = std::chrono::seconds(2);
  std::optional<base::Nanoseconds> deadline = std::nullopt;  // on the same clock as `now`
  BatchRule rule = BatchRule::kMeasured;
  int fixed_batch = 1;
  bool greedy = false;  // a batch starts as soon as there is a unit and a lane, or when it is full
                        // (as a baseline does)
  bool learns_limits = true;  // a size that ran out of memory is not tried again
};

/// Units of a failed batch that are retried together, not before a given time.
struct RetryPiece {
  std::vector<contracts::UnitId> units = {};  // by video and index
  int attempt = 2;                            // number of this attempt, counted from 1
  base::Nanoseconds not_before{0};
};

/// A device that runs batches. MiB, as NVML reports memory.
struct DeviceState {
  MemoryKind memory = MemoryKind::kVram;
  int64_t total_mb = 0;
  int64_t others_mb = 0;  // used by other programs
  std::optional<double> declared_mb =
      std::nullopt;  // a limit set by the user, which is then used without headroom
  double ours_mb =
      0;  // predicted memory of our loaded models, running batches and videos in flight
  double models_mb = 0;  // of these, loaded models
  int lanes = 1;         // batches that run at the same time
  int batches_in_flight = 0;
  bool available = true;  // false for a server that is down

  /// Memory that all batches together may use: the declared budget, else the formula of the seed.
  double BudgetMb() const;
};

/// Sources that can still add units to a key.
struct OpenSources {
  std::unordered_set<int> running = {};  // videos
  std::unordered_set<int> blocked =
      {};  // of these, those that wait until their units are processed
  bool CanAdd(int video) const { return running.contains(video) && !blocked.contains(video); }
  int CanAddCount() const { return static_cast<int>(running.size() - blocked.size()); }
};

struct KeyState {
  int device = 0;  // index in Snapshot::devices
  const BatchCost* cost = nullptr;
  const UnitQueue* queue = nullptr;
  const OpenSources* sources = nullptr;
  const RetryPiece* retry = nullptr;  // the next units to retry; null: none
  int learned_limit = 0;              // 0: none
  bool loaded = false;                // its model is part of DeviceState::models_mb
  bool stopped = false;
  int batches_in_flight = 0;
};

/// Videos that wait for a lane, and the resources of lanes.
struct VideoState {
  const VideoQueue* queue = nullptr;
  int device = -1;  // the device whose memory videos use; -1: memory does not matter
  int cores = 1;
  int cores_busy = 0;
  int in_flight = 0;
  double unseen_ms = 0;  // predicted time of videos that are not in `queue` yet; as VideoTask::ms
};

/// The input of a decision. It refers to queues that it does not change. The time of a decision
/// depends on the number of keys and devices, not on the number of waiting units.
struct Snapshot {
  std::span<const DeviceState> devices;
  std::span<const KeyState> keys;
  VideoState videos;
};

struct LaunchBatch {
  int64_t id = 0;  // of the start; set by the ledger
  int key = 0;
  std::vector<contracts::UnitId> units = {};  // by video and index
  int attempt = 1;
  Binding binding = Binding::kTail;
  double predicted_ms = 0;
  double predicted_mb = 0;  // of the batch alone
};

struct LaunchVideo {
  int video = 0;
  bool fast = false;  // preset fast instead of the preset of the policy
  Binding binding = Binding::kCores;
};

enum class WaitFor : uint8_t { kUnits, kMemory, kLane, kBackoff, kDevice };
std::string_view WaitForName(WaitFor what);

inline constexpr base::Nanoseconds kNever = base::Nanoseconds::max();

/// Why a key (or, with key -1, the next video) waits, and when to decide again at the
/// latest.
struct Wait {
  int key = -1;
  WaitFor what = WaitFor::kUnits;
  base::Nanoseconds until = kNever;
};

/// A video that can never run.
struct RejectVideo {
  int video = 0;
  base::Code code = base::Code::kOutOfMemory;
  std::string why = {};
};

using Decision = std::variant<LaunchBatch, LaunchVideo, Wait, RejectVideo>;

/// Decides what to start now: at most one batch per key and one video. Call it again after each
/// change until nothing is started.
///
/// Within a key, units run in the order of their arrival, for the oldest max_videos_per_batch
/// videos. Among the keys of a device, those whose oldest unit is overdue (older than
/// max_queue_delay) go first, the oldest first, and no batch overtakes an overdue batch that waits
/// for memory; then the batch with the most memory. Videos run longest first. A batch waits for
/// memory only while other batches run on its device; otherwise it runs with the units that fit, at
/// least one (if memory runs out, the OOM policy applies). Threads: pure: the same snapshot, policy
/// and now give the same decisions. Source: docs/requirements.md, "Scheduling".
std::vector<Decision> Decide(const Snapshot& snapshot, const Policy& policy, base::Nanoseconds now);

}  // namespace reelbatch::planning
