#pragma once

#include <string>
#include <vector>

#include "runtime/simulator/scenario.h"

namespace reelbatch::runtime {

/// The same scenario with another's way of batching, for comparisons.
struct Baseline {
  std::string name;
  std::string way;  // what it does, for people
  Scenario scenario;
};

/// Ours first, then: the formula of the seed rule alone, a fixed batch of 8, Triton-like (fill up
/// to the component's cap or 100 ms, memory unseen), halve and restart, batches of 1. Each is given
/// what helps it where its origin says nothing: the tail leaves at once, and the OOM ladder serves
/// all that do not restart.
std::vector<Baseline> BaselinesOf(const Scenario& scenario);

}  // namespace reelbatch::runtime
