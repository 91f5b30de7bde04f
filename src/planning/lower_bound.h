#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "planning/batch_cost.h"

namespace reelbatch::planning {

/// All units of one key.
struct KeyLoad {
  const BatchCost* cost = nullptr;
  int device = 0;
  int64_t units = 0;
};

struct DeviceLoad {
  int lanes = 1;
  double budget_mb = 0;
};

/// All work of a run.
struct Workload {
  std::span<const DeviceLoad> devices;
  std::span<const KeyLoad> keys;
  double source_ms = 0;         // CPU time of all work per video
  int cores = 1;                // cores for this work
  double longest_chain_ms = 0;  // of one video: its own time, the fastest batch of each component
                                // on the longest way through them, second passes
};

enum class BoundKind : uint8_t { kWork, kMemory, kChain, kDecode };
std::string_view BoundKindName(BoundKind kind);  // "work", "memory", "chain", "decode"

/// The lower bound of the run time: no plan can be faster.
struct LowerBound {
  double ms = 0;
  BoundKind kind = BoundKind::kDecode;
};

/// The largest of: each device's work at its keys' best ms per unit (over sizes that fit) / lanes;
/// its least sum of ms x MB / budget; what both together demand (Note [Lanes and memory together]);
/// the longest chain; source work / cores. Threads: pure, any. Source: docs/requirements.md, "Lower
/// bound".
LowerBound BoundOf(const Workload& load);

}  // namespace reelbatch::planning
