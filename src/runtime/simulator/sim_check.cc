#include "runtime/simulator/sim_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace reelbatch::runtime {

using planning::LaunchBatch;

void SimCheck::Violated(std::string what) {
  if (violations_.size() < SimResult::kMostViolations) violations_.push_back(std::move(what));
}

void SimCheck::Launched(const LaunchBatch& launch, int component, const planning::Ledger& ledger,
                        bool same_bucket, const std::vector<const SimRunning*>& running,
                        base::Nanoseconds now) {
  const auto name = [&] {
    return fmt::format("batch {} of {}", launch.id,
                       scenario_.components[static_cast<size_t>(component)].name);
  };
  if (launch.units.empty()) return Violated(name() + " is empty");
  if (!same_bucket) Violated(name() + " mixes keys");
  std::set<int> videos;
  for (const contracts::UnitId unit : launch.units) videos.insert(unit.video);
  if (std::cmp_greater(videos.size(), scenario_.policy.max_videos_per_batch)) {
    Violated(fmt::format("{} has units of {} videos, which is more than allowed", name(),
                         videos.size()));
  }
  if (launch.attempt > scenario_.policy.max_attempts)
    Violated(fmt::format("{} is attempt {}, which is more than allowed", name(), launch.attempt));
  CheckOrder(launch, component, running);
  CheckMemory(launch, component, ledger);
  for (const contracts::UnitId unit : launch.units) {
    const auto place = not_before_.find({launch.key, unit.video, unit.index});
    if (place == not_before_.end()) continue;
    if (now < place->second) Violated(name() + " starts before its retry delay is over");
    not_before_.erase(place);
  }
}

void SimCheck::CheckOrder(const LaunchBatch& launch, int component,
                          const std::vector<const SimRunning*>& videos) {
  const SimComponent& of = scenario_.components[static_cast<size_t>(component)];
  for (size_t k = 0; k < launch.units.size(); ++k) {
    const contracts::UnitId unit = launch.units[k];
    if (k > 0 && !(launch.units[k - 1] < unit))
      Violated(fmt::format("batch {} of {} is not in order", launch.id, of.name));
    if (videos[k] == nullptr) {
      Violated(fmt::format("{}: unit {} of video {} runs, although the video is finished", of.name,
                           unit.index, unit.video));
      continue;
    }
    const SimProgress& progress = videos[k]->progress[static_cast<size_t>(component)];
    if (progress.failed) continue;
    if (progress.units[static_cast<size_t>(unit.index)] != SimUnit::kWaiting &&
        !scenario_.restart_on_oom) {
      Violated(fmt::format("{}: unit {} of video {} runs twice, or before it exists", of.name,
                           unit.index, unit.video));
    }
    if (of.in_order && unit.index > 0 &&
        progress.units[static_cast<size_t>(unit.index) - 1] != SimUnit::kDone) {
      Violated(fmt::format("{}: unit {} of video {} runs before the unit that precedes it", of.name,
                           unit.index, unit.video));
    }
    if (of.from < 0 || scenario_.restart_on_oom) continue;
    const auto result = static_cast<size_t>(std::ranges::upper_bound(progress.ends, unit.index) -
                                            progress.ends.begin());
    const SimProgress& before = videos[k]->progress[static_cast<size_t>(of.from)];
    if (result >= progress.ends.size() || before.units[result] != SimUnit::kDone) {
      Violated(fmt::format("{}: unit {} of video {} runs before the result that it was made from",
                           of.name, unit.index, unit.video));
    }
  }
}

void SimCheck::CheckMemory(const LaunchBatch& launch, int component,
                           const planning::Ledger& ledger) {
  const SimComponent& of = scenario_.components[static_cast<size_t>(component)];
  if (std::cmp_greater(launch.units.size(), of.cost.max_batch)) {
    Violated(fmt::format("a batch has {} units of {}, but at most {} are allowed",
                         launch.units.size(), of.name, of.cost.max_batch));
  }
  if (scenario_.policy.rule == planning::BatchRule::kFixed) return;  // knows no memory
  const planning::DeviceState& device = ledger.device(of.device);
  constexpr double kRounding = 1e-6;
  const bool alone = device.batches_in_flight == 1;
  if (device.ours_mb <= device.BudgetMb() + kRounding) return;
  if (alone && (launch.units.size() == 1 || launch.attempt > 1))
    return;  // tries what the OOM rule then decides
  Violated(fmt::format("a batch of {} units of {} needs {:.1f} MB, but the budget is {:.1f} MB",
                       launch.units.size(), of.name, device.ours_mb, device.BudgetMb()));
}

void SimCheck::BacksOff(int key, const planning::RetryPiece& piece) {
  for (const contracts::UnitId unit : piece.units)
    not_before_[{key, unit.video, unit.index}] = piece.not_before;
}

}  // namespace reelbatch::runtime
