#pragma once

#include <cstdint>

namespace reelbatch::planning {

/// The memory of one device. MiB, as NVML reports it; for RAM, what this process may still use.
struct DeviceMemory {
  int64_t total_mb = 0;
  int64_t used_mb = 0;
};

/// The memory that is left for other programs: max(1024, round(0.25 * free)), round half to even.
/// Example: free = 4098 -> 1024 (1024.5 is halfway); 4102 -> 1026. Source: docs/requirements.md,
/// "GPU budget".
int64_t HeadroomMb(int64_t free_mb);

/// max(0, free - headroom), free = max(0, total - used). The same rule for VRAM and for RAM.
/// Source: docs/requirements.md, "GPU budget" and "CPU and memory budget".
int64_t EffectiveBudgetMb(DeviceMemory memory);

}  // namespace reelbatch::planning
