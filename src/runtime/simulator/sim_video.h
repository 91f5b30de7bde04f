#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "runtime/simulator/scenario.h"

namespace reelbatch::runtime {

enum class SimUnit : uint8_t { kNotYet, kWaiting, kInFlight, kDone, kLost };

/// What a video in flight has of one component.
struct SimProgress {
  std::vector<SimUnit> units = {};
  int added = 0;
  int done = 0;
  bool failed = false;
  std::vector<std::pair<int, base::Nanoseconds>> arrivals = {};  // first unit of each portion, when
  bool complete() const { return failed || static_cast<size_t>(done) == units.size(); }
  base::Nanoseconds CameAt(int index) const;
};

/// A video from the launch of its source to the end of its last component.
struct SimRunning {
  int video = 0;
  SimVideo shape = {};
  bool fast = false;
  int lane = 0;
  int chunk = 0;  // portions that have come
  bool decoding = true;
  bool failed = false;
  base::Nanoseconds began{0};
  base::Nanoseconds portion{0};            // time of one
  std::vector<SimProgress> progress = {};  // by component
};

inline base::Nanoseconds SimProgress::CameAt(int index) const {
  base::Nanoseconds came{0};
  for (const auto& [first, time] : arrivals) {
    if (first > index) break;
    came = time;
  }
  return came;
}

}  // namespace reelbatch::runtime
