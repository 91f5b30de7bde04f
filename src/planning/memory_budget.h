#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "contracts/cost_row.h"

namespace reelbatch::planning {

/// Memory of one device. MB as NVML reports them (MiB); for RAM what this process may still take.
struct DeviceMemory {
  int64_t total_mb = 0;
  int64_t used_mb = 0;
};

/// What stays free for others: max(1024, round(0.25 * free)), round half to even.
/// Example: free = 4098 -> 1024 (1024.5 is halfway); 4102 -> 1026.   Source: seed, "GPU budget".
int64_t HeadroomMb(int64_t free_mb);

/// max(0, free - headroom), free = max(0, total - used). The same rule for VRAM and for RAM.
/// Source: seed, "GPU budget"; spec, domain, "CPU/RAM twin".
int64_t EffectiveBudgetMb(DeviceMemory memory);

/// Largest batch that fits, clamped to [1, max_batch].
///
/// Returns 1 even when nothing fits: the OOM policy decides what happens then.
/// Threads: pure, any.
/// Errors:  not_measured      per_task_mb is none ("N/A", which is not 0)
///          invalid_argument  per_task_mb <= 0 or max_batch < 1
/// Example: total 8192, used 2048, 300 per task, cap 16 -> 15.
/// Source:  seed, "GPU budget".
base::Result<int> BatchSize(DeviceMemory memory, std::optional<double> per_task_mb, int max_batch);

/// The same for a row of costs: with what is fixed taken off first, and by its measured points where it has
/// memory points: the largest measured batch whose peak fits, never one between two points (curves have
/// steps). `max_batch` of the subject where it has one, else `default_max_batch`.
/// Errors: as above; not_measured names the component.
/// Source: spec, domain, "Fixed + per-unit memory".
base::Result<int> GpuBatchSize(DeviceMemory memory, const contracts::CostRow& row,
                               int default_max_batch);

/// How many videos may be at work side by side: by RAM as above (a video's cpu_rss_peak_mb, what the process
/// holds anyhow off first), by cores, whichever is less; at least 1.
/// Errors: not_measured (cpu_rss_peak_mb), invalid_argument (cores < 1, threads < 1).
base::Result<int> VideosSideBySide(DeviceMemory ram, int cores, const contracts::CostRow& row);

}  // namespace reelbatch::planning
