#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "components/cut_detection/cut_detection_result.h"
#include "components/cut_detection/finding.h"
#include "contracts/outcome.h"

namespace reelbatch::components::learned {

/// What a model of shot boundaries (transnetv2) says, one value for every frame of the timeline,
/// 0..1.
struct Curves {
  std::span<const float>
      single;  // the last frame of the old shot, or the middle of a transition, is this one
  std::span<const float> all;  // this frame is in a transition
};

/// Lets the model speak beside the signals. Pure. `findings`: of the rules, in any order; the
/// model's own come behind them.
///
/// It never takes anything away: of what the rules rightly find it sees nothing at one in seventeen
/// (wipes, slow fades). It confirms: a finding at which it sees a boundary has Evidence::deep. And
/// where the rules found nothing it adds what it is sure of; what it says less surely is a
/// candidate. Constants and the figures behind them: docs/decisions/0012-transnetv2-fusion.md.
/// Nothing is done where a curve has another length than `frames`, the timeline's: the caller has
/// checked that.
void Fuse(const Curves& curves, size_t frames, std::vector<Finding>& findings);

/// What transnetv2 put into `outcome`; none: nothing.
/// Errors: contract (not one probability for every frame of `timeline`, or of other frames).
base::Result<std::optional<LearnedSignals>> LearnedOf(const contracts::VideoOutcome& outcome,
                                                      const contracts::Timeline& timeline);

}  // namespace reelbatch::components::learned
