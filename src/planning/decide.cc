#include "planning/decide.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "planning/memory_budget.h"

namespace reelbatch::planning {
namespace {

/// A batch that fits now is taken instead of waiting for a larger one where it costs at most so
/// much more a unit.
constexpr double kGoodEnough = 1.1;

/// How large a batch of a key may be, and what says so.
struct Size {
  int cap = 1;     // the largest allowed
  int target = 1;  // the wished one
  Binding binding = Binding::kComponentCap;
};

/// A batch that could leave if there is room.
struct Ready {
  int key = 0;
  int batch = 0;
  Binding binding = Binding::kTail;
  double need_mb = 0;
  base::Nanoseconds oldest{0};
  bool overdue = false;
};

Binding MemoryBinding(MemoryKind memory) {
  return memory == MemoryKind::kVram ? Binding::kVram : Binding::kRam;
}

/// The state of one device as launches of this round change it.
struct Device {
  DeviceState state;
  double budget_mb = 0;
  double one_unit_mb = 0;  // what the hungriest key needs to go on at all
  int waiting_keys = 0;    // that have units to run
  bool kept_for_overdue = false;
  double room_mb() const { return budget_mb - state.ours_mb; }
  int free_lanes() const { return std::max(0, state.lanes - state.batches_in_flight); }
};

class Round {
 public:
  Round(const Snapshot& snapshot, const Policy& policy, base::Nanoseconds now)
      : snapshot_(snapshot), policy_(policy), now_(now) {
    for (const DeviceState& state : snapshot.devices) {
      devices_.push_back({.state = state, .budget_mb = state.BudgetMb()});
    }
    for (const KeyState& key : snapshot.keys) {
      if (key.stopped) continue;
      Device& device = devices_[static_cast<size_t>(key.device)];
      const double model_mb = key.loaded ? 0 : key.cost->fixed_mb;
      device.waiting_keys += key.queue->size() > 0 || key.retry != nullptr ? 1 : 0;
      device.one_unit_mb = std::max(device.one_unit_mb, model_mb + key.cost->PeakMb(1));
    }
  }

  std::vector<Decision> Go() {
    // A source that starts may still add to a partial batch: batches are asked for again
    // afterwards.
    if (DecideVideo()) return std::move(decisions_);
    std::vector<Ready> ready;
    for (size_t k = 0; k < snapshot_.keys.size(); ++k) {
      if (auto batch = Look(static_cast<int>(k))) ready.push_back(*batch);
    }
    std::ranges::sort(ready, [](const Ready& a, const Ready& b) {
      if (a.overdue != b.overdue) return a.overdue;
      if (a.overdue && a.oldest != b.oldest) return a.oldest < b.oldest;
      if (a.need_mb != b.need_mb) return a.need_mb > b.need_mb;
      return a.key < b.key;
    });
    for (const Ready& batch : ready) Place(batch);
    return std::move(decisions_);
  }

 private:
  const KeyState& Key(int key) const { return snapshot_.keys[static_cast<size_t>(key)]; }
  Device& DeviceOf(int key) { return devices_[static_cast<size_t>(Key(key).device)]; }

  void WaitForIt(int key, WaitFor what, base::Nanoseconds until = kNever) {
    decisions_.emplace_back(Wait{.key = key, .what = what, .until = until});
  }

  /// True: it launched or rejected one.
  bool DecideVideo() {
    const VideoState& videos = snapshot_.videos;
    const VideoTask* const task = videos.queue == nullptr ? nullptr : videos.queue->front();
    if (task == nullptr) return false;
    // A video that wants more cores than there are gets all of them, alone.
    if (videos.cores < 1 ||
        (videos.in_flight > 0 && videos.cores_busy + task->cores > videos.cores)) {
      WaitForIt(-1, WaitFor::kLane);
      return false;
    }
    Binding binding = Binding::kCores;
    if (videos.device >= 0) {
      const Device& device = devices_[static_cast<size_t>(videos.device)];
      if (device.state.declared_mb && task->mb > device.budget_mb) {
        decisions_.emplace_back(RejectVideo{
            .video = task->video,
            .code = base::Code::kOutOfMemory,
            .why = fmt::format("needs about {:.0f} MiB, but only {:.0f} MiB are allowed", task->mb,
                               device.budget_mb)});
        return true;
      }
      // Batches must always be able to go on, or sources that wait for them would hold what they
      // need.
      if (videos.in_flight > 0 && task->mb + device.one_unit_mb > device.room_mb()) {
        WaitForIt(-1, WaitFor::kMemory);
        return false;
      }
      if (task->mb > device.room_mb()) binding = MemoryBinding(device.state.memory);
    }
    const bool fast = task->fast_ms > 0 && MissesDeadline(videos);
    decisions_.emplace_back(LaunchVideo{
        .video = task->video, .fast = fast, .binding = fast ? Binding::kDeadline : binding});
    return true;
  }

  /// Whether what waits, as it is, ends after the deadline.
  bool MissesDeadline(const VideoState& videos) const {
    if (!policy_.deadline) return false;
    const std::chrono::duration<double, std::milli> left = *policy_.deadline - now_;
    return (videos.queue->ms() + videos.unseen_ms) / std::max(1, videos.cores) > left.count();
  }

  Size SizeOf(const KeyState& key) const {
    const Device& device = devices_[static_cast<size_t>(key.device)];
    const BatchCost& cost = *key.cost;
    Size size{.cap = cost.max_batch, .target = cost.max_batch, .binding = Binding::kComponentCap};
    if (policy_.rule == BatchRule::kFixed) {
      size.cap = std::min(size.cap, std::max(1, policy_.fixed_batch));
      if (key.learned_limit > 0) size.cap = std::min(size.cap, key.learned_limit);
      size.target = size.cap;
      return size;
    }
    if (key.queue->in_order() && policy_.max_videos_per_batch < size.cap) {
      size.cap = policy_.max_videos_per_batch;
      size.binding = Binding::kVideoCap;
    }
    const double others_mb = device.state.models_mb - (key.loaded ? cost.fixed_mb : 0);
    const int fits =
        std::max(1, cost.LargestThatFits(device.budget_mb - others_mb - cost.fixed_mb));
    if (fits < size.cap) {
      size.cap = fits;
      size.binding = MemoryBinding(cost.memory);
    }
    if (key.learned_limit > 0 && key.learned_limit < size.cap) {
      size.cap = key.learned_limit;
      size.binding = Binding::kLearnedLimit;
    }
    size.target = size.cap;
    if (policy_.rule == BatchRule::kFormula) return size;
    const double room_mb = device.budget_mb - others_mb - cost.fixed_mb;
    size.target = BestSharedBatch(cost, size.cap, device.state.lanes, room_mb);
    if (size.target < size.cap) {
      const bool by_memory = size.target < BestRatioBatch(cost, size.cap);
      size.binding = by_memory ? MemoryBinding(cost.memory) : Binding::kBestRatio;
      if (by_memory) size.cap = size.target;
    }
    return size;
  }

  double NeedMb(const KeyState& key, int batch) const {
    return key.cost->PeakMb(batch) + (key.loaded ? 0 : key.cost->fixed_mb);
  }

  std::optional<Ready> Look(int index) {
    const KeyState& key = Key(index);
    const Device& device = devices_[static_cast<size_t>(key.device)];
    if (key.stopped) return std::nullopt;
    const auto first = key.queue->oldest();
    if (key.retry == nullptr && !first) return std::nullopt;
    const base::Nanoseconds oldest = first.value_or(now_);  // of a retry, `not_before` counts
    if (!device.state.available) {
      WaitForIt(index, WaitFor::kDevice);
      return std::nullopt;
    }
    if (key.retry != nullptr) {
      if (key.retry->not_before > now_) {
        WaitForIt(index, WaitFor::kBackoff, key.retry->not_before);
        return std::nullopt;
      }
      const auto batch = static_cast<int>(key.retry->units.size());
      return Ready{.key = index,
                   .batch = batch,
                   .binding = Binding::kRetry,
                   .need_mb = NeedMb(key, batch),
                   .oldest = key.retry->not_before,
                   .overdue = true};
    }
    const bool overdue = now_ - oldest >= policy_.max_queue_delay;
    const auto leaving = Leaving(key, overdue);
    if (!leaving) {
      WaitForIt(index, WaitFor::kUnits, oldest + policy_.max_queue_delay);
      return std::nullopt;
    }
    return Ready{.key = index,
                 .batch = leaving->first,
                 .binding = leaving->second,
                 .need_mb = NeedMb(key, leaving->first),
                 .oldest = oldest,
                 .overdue = overdue};
  }

  /// The batch that may leave now and why it is not larger; none: it may still grow.
  std::optional<std::pair<int, Binding>> Leaving(const KeyState& key, bool overdue) const {
    const Size size = SizeOf(key);
    const auto front = key.queue->Front(policy_.max_videos_per_batch);
    int64_t waiting = 0;
    int grow = 0;  // videos in front whose sources run
    for (const UnitQueue::FrontVideo& video : front) {
      waiting += video.units;
      grow += key.sources->CanAdd(video.video) ? 1 : 0;
    }
    const auto units = static_cast<int>(std::min<int64_t>(waiting, 2 * int64_t{size.cap}));
    if (policy_.greedy) {
      return std::pair(std::min(units, size.target),
                       units < size.target ? Binding::kTail : size.binding);
    }
    const bool more_videos = key.queue->HasMoreVideosThan(policy_.max_videos_per_batch);
    // In order, a video whose next unit is there can add nothing to the same batch.
    const int can_add = key.sources->CanAddCount() - (key.queue->in_order() ? grow : 0);
    const bool nothing_comes = can_add <= 0;
    if (nothing_comes && !more_videos && policy_.rule == BatchRule::kMeasured)
      return LastOnes(key, size, units);
    if (units >= size.target) return std::pair(size.target, size.binding);
    if (nothing_comes && !more_videos) return std::pair(units, Binding::kTail);
    const bool video_cap = std::cmp_greater_equal(front.size(), policy_.max_videos_per_batch);
    if (video_cap && grow == 0) return std::pair(units, Binding::kVideoCap);
    if (overdue) return std::pair(units, Binding::kDelay);
    return std::nullopt;
  }

  /// All that will ever come (or can, until batches leave) is `units`, or at least 2 * cap: cut for
  /// the least time, over the lanes that no other key wants.
  std::pair<int, Binding> LastOnes(const KeyState& key, const Size& size, int units) const {
    const Device& device = devices_[static_cast<size_t>(key.device)];
    int batch = FirstBatch(*key.cost, units, size.cap);
    const int lanes = std::max(1, device.free_lanes() - (device.waiting_keys - 1));
    if (units < 2 * size.cap) batch = std::min(batch, std::max(1, (units + lanes - 1) / lanes));
    if (batch == size.target) return {batch, size.binding};
    const bool blocked =
        !key.sources->running.empty() && key.sources->blocked.size() == key.sources->running.size();
    return {batch, blocked ? Binding::kRam : Binding::kTail};
  }

  void Launch(const Ready& ready, int batch, Binding binding) {
    const KeyState& key = Key(ready.key);
    Device& device = DeviceOf(ready.key);
    LaunchBatch launch{.key = ready.key,
                       .units = key.retry != nullptr
                                    ? key.retry->units
                                    : key.queue->Select(batch, policy_.max_videos_per_batch),
                       .attempt = key.retry != nullptr ? key.retry->attempt : 1,
                       .binding = binding,
                       .predicted_ms = key.cost->Ms(batch),
                       .predicted_mb = key.cost->PeakMb(batch)};
    device.state.ours_mb += NeedMb(key, batch);
    ++device.state.batches_in_flight;
    decisions_.emplace_back(std::move(launch));
  }

  void Place(const Ready& ready) {
    const KeyState& key = Key(ready.key);
    Device& device = DeviceOf(ready.key);
    if (device.free_lanes() == 0) return WaitForIt(ready.key, WaitFor::kLane);
    if (device.kept_for_overdue) return WaitForIt(ready.key, WaitFor::kMemory);
    // What ran out of memory must not run beside its own kind: the pieces would take what the whole
    // took.
    if (key.retry != nullptr && key.batches_in_flight > 0)
      return WaitForIt(ready.key, WaitFor::kLane);
    const bool alone = device.state.batches_in_flight == 0;
    if (policy_.rule == BatchRule::kFixed || (alone && key.retry != nullptr)) {
      return Launch(ready, ready.batch, ready.binding);
    }
    const int fits =
        key.cost->LargestThatFits(device.room_mb() - (key.loaded ? 0 : key.cost->fixed_mb));
    if (fits >= ready.batch) return Launch(ready, ready.batch, ready.binding);
    if (key.retry == nullptr) {
      if (alone) return Launch(ready, std::max(1, fits), MemoryBinding(key.cost->memory));
      const bool good_enough =
          fits > 0 &&
          key.cost->Ms(fits) / fits <= kGoodEnough * key.cost->Ms(ready.batch) / ready.batch;
      if (good_enough) return Launch(ready, fits, MemoryBinding(key.cost->memory));
    }
    WaitForIt(ready.key, WaitFor::kMemory);
    device.kept_for_overdue = device.kept_for_overdue || ready.overdue;
  }

  const Snapshot& snapshot_;
  const Policy& policy_;
  const base::Nanoseconds now_;
  std::vector<Device> devices_;
  std::vector<Decision> decisions_;
};

}  // namespace

std::string_view BindingName(Binding binding) {
  constexpr std::array<std::string_view, kBindings> kNames = {
      "vram", "ram",   "cores",    "component_cap", "video_cap", "learned_limit",
      "tail", "delay", "deadline", "best_ratio",    "retry"};
  return kNames[static_cast<size_t>(binding)];
}

std::string_view WaitForName(WaitFor what) {
  constexpr std::array<std::string_view, 5> kNames = {"units", "memory", "lane", "backoff",
                                                      "device"};
  return kNames[static_cast<size_t>(what)];
}

double DeviceState::BudgetMb() const {
  return declared_mb.value_or(
      static_cast<double>(EffectiveBudgetMb({.total_mb = total_mb, .used_mb = others_mb})));
}

std::vector<Decision> Decide(const Snapshot& snapshot, const Policy& policy,
                             base::Nanoseconds now) {
  return Round(snapshot, policy, now).Go();
}

}  // namespace reelbatch::planning
