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
  std::vector<SimUnit> units = {};  // with results of another component, those that came
  int added = 0;
  int done = 0;
  bool failed = false;
  bool closed = false;         // no more units come
  bool told = false;           // it is complete, and what needs it knows
  int taken_on = 0;            // its results below this index gave their units
  int held = 0;                // results that wait for memory, as the ledger knows
  std::vector<int> ends = {};  // with `from`: by result that was taken on, the units until then
  std::vector<std::pair<int, base::Nanoseconds>> arrivals = {};  // first unit of each portion, when
  bool complete() const { return failed || (closed && static_cast<size_t>(done) == units.size()); }
  /// Whether the result that is to be taken on next is there.
  bool ready() const {
    return !failed && static_cast<size_t>(taken_on) < units.size() &&
           units[static_cast<size_t>(taken_on)] == SimUnit::kDone;
  }
  base::Nanoseconds CameAt(int index) const;
};

/// A video from the launch of its source to the end of its last component.
struct SimRunning {
  int video = 0;
  SimVideo shape = {};
  bool fast = false;
  int lane = 0;
  int chunk = 0;  // portions of this pass that have come
  bool decoding = true;
  int pass = -1;                 // the component whose second pass has a lane; -1: none
  std::vector<int> passes = {};  // components that wait for theirs; the first one for a lane
  bool asked = false;            // the ledger knows that
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
