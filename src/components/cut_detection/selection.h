#pragma once

#include <cstddef>
#include <vector>

#include "components/cut_detection/cut_detection_result.h"
#include "contracts/events.h"

namespace reelbatch::components {

/// Events, and low-confidence candidates (below the threshold). Both ordered by time.
struct Selection {
  std::vector<contracts::Event> events;
  std::vector<contracts::Event> candidates;
  size_t found = 0;  // events, before the bound on their number
};

/// Applies the threshold: events of at least `min_confidence` count, the surest first; of two that
/// share frames only the surer one does. Observations share frames with anything. Pure, and stable:
/// the same line drawn once more through events and candidates gives the same answer. At most
/// CutDetectionResult::kMaxEvents of each: the strongest events, the surest candidates.
Selection Select(std::vector<contracts::Event> found, double min_confidence);

/// `whole`, from the first frame of the timeline to one behind its last, divided where events
/// split it.
std::vector<contracts::Shot> SplitIntoShots(const contracts::Shot& whole,
                                            const std::vector<contracts::Event>& events);

}  // namespace reelbatch::components
