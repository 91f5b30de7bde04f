#pragma once

#include <span>
#include <vector>

#include "components/cut_detection/hard/decision.h"

namespace reelbatch::components::hard {

/// What is known of a pair of neighbouring frames a and b.
struct PairEvidence {
  float unpredicted = 0;  // Change::unpredicted of a and b
  float residual = 0;     // Change::residual of a and b
  float colour = 0;       // ColourDistance of a and b
  /// Whether what changed stays changed, 0..1: the least Change::unpredicted between a picture
  /// before the pair and one shortly after it, across the pair, over that of the pair itself. Near
  /// 0 the old picture comes back (a flash, something passing the lens); about 1 it is gone. 1
  /// where it was not looked at.
  float persistence = 1;
  /// ChangeMeter::Alignment of a and b; 0 where it was not looked at.
  float alignment = 0;
  /// ChangeMeter::Novelty, the less of both directions; 1 where it was not looked at.
  float novelty = 1;
};

/// Cuts from evidence. Pure. `pts_s` has one entry more than `evidence`.
/// Fills `scores`, one per pair: >= 1 where the pair is called a cut.
std::vector<HardCut> DecideAdaptive(std::span<const PairEvidence> evidence,
                                    std::span<const double> pts_s, std::vector<float>& scores);

/// Low-confidence candidates: pairs below the threshold whose score is the largest around and gives
/// at least a chance of one in twenty. Pure. `scores`: of DecideAdaptive.
std::vector<HardCut> NearCuts(std::span<const float> scores, std::span<const double> pts_s);

}  // namespace reelbatch::components::hard
