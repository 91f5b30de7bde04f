#include "planning/memory_budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <ranges>

namespace reelbatch::planning {
namespace {

constexpr int64_t kLeastHeadroomMb = 1024;

int Tasks(double budget_mb, double per_task_mb, int max_batch) {
  const double fits = std::floor(std::max(0.0, budget_mb) / per_task_mb);
  return static_cast<int>(std::clamp(fits, 1.0, static_cast<double>(max_batch)));
}

bool HasMemoryPoints(const contracts::CostRow& row) {
  return std::ranges::any_of(row.points, [](const auto& point) { return point.peak_mb.has_value(); });
}

}  // namespace

int64_t HeadroomMb(int64_t free_mb) {
  const int64_t whole = free_mb / 4;
  const int64_t rest = free_mb % 4;  // a half is 2: to the even neighbour
  const int64_t rounded = whole + (rest > 2 || (rest == 2 && whole % 2 != 0) ? 1 : 0);
  return std::max(kLeastHeadroomMb, rounded);
}

int64_t EffectiveBudgetMb(DeviceMemory memory) {
  const int64_t free_mb = std::max<int64_t>(0, memory.total_mb - memory.used_mb);
  return std::max<int64_t>(0, free_mb - HeadroomMb(free_mb));
}

base::Result<int> BatchSize(DeviceMemory memory, std::optional<double> per_task_mb, int max_batch) {
  if (max_batch < 1) {
    return base::Fail(base::Code::kInvalidArgument,
                      fmt::format("a largest batch of {} leaves nothing to run; 1 is the least", max_batch),
                      "max_batch_size_component");
  }
  if (!per_task_mb) {
    return base::Fail(base::Code::kNotMeasured, "N/A: not measured; `reelbatch bench memory` measures it",
                      "gpu_memory_per_task_mb");
  }
  if (!(*per_task_mb > 0)) {
    return base::Fail(base::Code::kInvalidArgument,
                      fmt::format("{} MB a task is no memory; N/A says that it is not measured", *per_task_mb),
                      "gpu_memory_per_task_mb");
  }
  return Tasks(static_cast<double>(EffectiveBudgetMb(memory)), *per_task_mb, max_batch);
}

base::Result<int> GpuBatchSize(DeviceMemory memory, const contracts::CostRow& row,
                               int default_max_batch) {
  const int max_batch = row.subject->max_batch_size_component.value_or(default_max_batch);
  // The headroom is a share of what is free before anything of ours is loaded.
  const double budget = static_cast<double>(EffectiveBudgetMb(memory)) - row.gpu_memory_fixed_mb;
  if (!HasMemoryPoints(row)) {
    auto checked = BatchSize(memory, row.gpu_memory_per_task_mb, max_batch);
    if (!checked) {
      checked.error().context = row.subject->component + ": " + checked.error().context;
      return checked;
    }
    return Tasks(budget, *row.gpu_memory_per_task_mb, max_batch);
  }
  if (max_batch < 1) return BatchSize(memory, 1.0, max_batch);
  int largest = 1;
  for (const contracts::CostPoint& point : row.points) {
    if (point.batch > max_batch) break;
    // A peak that falls again later does not make the larger batch safe before the smaller one is.
    if (!point.peak_mb || *point.peak_mb > budget) break;
    largest = std::max(largest, point.batch);
  }
  return largest;
}

base::Result<int> VideosSideBySide(DeviceMemory ram, int cores, const contracts::CostRow& row) {
  if (cores < 1 || row.threads < 1) {
    return base::Fail(base::Code::kInvalidArgument,
                      fmt::format("{} cores for work of {} threads; 1 is the least", cores, row.threads),
                      row.subject->component);
  }
  if (!row.cpu_rss_peak_mb) {
    return base::Fail(base::Code::kNotMeasured, "N/A: not measured; `reelbatch bench memory` measures it",
                      row.subject->component + ": cpu_rss_peak_mb");
  }
  const int by_cores = std::max(1, cores / row.threads);
  const double per_video = *row.cpu_rss_peak_mb - row.cpu_rss_fixed_mb;
  if (per_video <= 0) return by_cores;
  return Tasks(static_cast<double>(EffectiveBudgetMb(ram)) - row.cpu_rss_fixed_mb, per_video, by_cores);
}

}  // namespace reelbatch::planning
