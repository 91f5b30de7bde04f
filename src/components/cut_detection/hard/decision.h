#pragma once

#include <vector>

#include "components/cut_detection/cut_detection_result.h"
#include "components/cut_detection/cut_knobs.h"
#include "contracts/events.h"

namespace reelbatch::components::hard {

/// One decided hard cut between timeline frames pair_index and pair_index + 1.
struct HardCut {
  int pair_index = 0;
  float confidence = 0;
  float strength = 0;
  contracts::Evidence evidence;
};

/// The seed rule, exactly: per signal T = median + k * std (population), k = 2.0 hist, 1.5
/// SSIM, 2.0 flow; score = number of signals strictly above T; candidate if score >= 2; kept if its
/// position is more than 5 after the last kept one. NaN values are left out of the statistics and
/// never above. Writes hard_score and the thresholds. Source: docs/requirements.md, "Seed rule".
std::vector<HardCut> DecideSeed(PairSignals& signals);

}  // namespace reelbatch::components::hard
