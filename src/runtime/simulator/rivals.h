#pragma once

#include <string>
#include <vector>

#include "runtime/simulator/scenario.h"

namespace reelbatch::runtime {

/// The same scenario with another method of batching, for comparisons.
struct Baseline {
  std::string name;
  std::string way;  // what it does, for people
  Scenario scenario;
};

/// The scenario itself first, and then five baselines: the batch size formula of the first
/// requirement alone, a fixed batch of 8, Triton-like batching (a batch starts at the component's
/// largest size or after 100 ms, whatever the memory is), halving and restarting after memory ran
/// out, and batches of 1. Where a baseline does not specify a setting, we choose the one that
/// favours it: the last, incomplete batch starts at once, and every baseline that does not restart
/// retries in smaller batches after it ran out of memory.
std::vector<Baseline> BaselinesOf(const Scenario& scenario);

}  // namespace reelbatch::runtime
