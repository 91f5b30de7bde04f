#pragma once

#include <string>
#include <vector>

#include "base/clock.h"

namespace reelbatch::app {

/// Words of scenario files, in the order of runtime::FaultKind, planning::MemoryKind and
/// planning::BatchRule.
inline const std::vector<std::string> kFaults{"oom",   "memory_step", "slow_down", "stall",
                                              "crash", "restart",     "bad_unit"};
inline const std::vector<std::string> kMemories{"gpu", "cpu"};
inline const std::vector<std::string> kRules{"measured", "formula", "fixed"};

inline double Ms(base::Nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace reelbatch::app
