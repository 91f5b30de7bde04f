#pragma once

#include <chrono>
#include <cmath>

#include "base/clock.h"

namespace reelbatch::runtime {

/// Times of scenarios, which are fractions, and of the simulated clock, which are nanoseconds.
inline base::Nanoseconds FromMs(double ms) { return base::Nanoseconds(std::llround(ms * 1e6)); }
inline base::Nanoseconds FromSeconds(double s) { return FromMs(s * 1e3); }
inline double Seconds(base::Nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace reelbatch::runtime
