#pragma once

#include <functional>

#include "runtime/simulator/scenario.h"

namespace reelbatch::runtime {

/// A scenario of up to 24 videos, 3 devices, 4 components and 4 faults, drawn from `seed`: the same
/// on every machine.
Scenario RandomScenario(uint64_t seed);

/// A smaller scenario for which `fails` still holds: videos, components, faults and figures are
/// taken away or made simple as long as it does. Time: a few hundred calls.
Scenario Shrink(Scenario scenario, const std::function<bool(const Scenario&)>& fails);

}  // namespace reelbatch::runtime
