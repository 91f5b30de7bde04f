#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "eval/prediction.h"
#include "eval/scenes.h"
#include "eval/truth.h"

namespace reelbatch::eval {

struct ScoreOptions {
  int64_t tolerance = 1;     // frames, of hard cuts
  bool strict_type = false;  // a gradual event at a hard cut is false, not "hard as soft"
};

/// How many truths of one kind were found.
struct KindCounts {
  int64_t truths = 0;
  int64_t found = 0;
  double iou_sum = 0;  // of those found; 1 for each hard cut
};

/// Of one clip or of many.
///
/// Rules, in this order: 1. hard truths to hard predictions, one to one, by maximum matching within
/// the tolerance. 2. A gradual truth is found when any other prediction overlaps it, two frames to
/// each side given; what overlaps one is never false. 3. A gradual prediction left over that covers
/// an unmatched hard truth: found in the figures of all alone. 4. What is left and overlaps an edge
/// is ignored; the rest is false. Source: docs/requirements.md, "Scores".
struct Score {
  int64_t clips = 0;
  int64_t hard = 0;
  int64_t hard_tp = 0;
  int64_t hard_false = 0;
  int64_t soft = 0;
  int64_t soft_found = 0;
  int64_t soft_one_to_one = 0;  // found if each prediction may match one truth only
  int64_t soft_as_point = 0;    // found by points only
  int64_t soft_false = 0;
  int64_t soft_predictions = 0;
  int64_t soft_predictions_right = 0;  // that overlap a gradual truth
  int64_t hard_as_soft = 0;
  double iou_sum = 0;  // of the gradual truths found, by their best predictions
  int64_t type_right = 0;
  int64_t ignored_at_edges = 0;
  int64_t false_in_hard_negatives = 0;
  Counts scenes;  // TransNetV2's, at tolerance 2
  Counts
      clipshots_cut;  // ClipShots': neighbouring frames, overlap with any prediction of the class
  Counts clipshots_gradual;
  double minutes = 0;
  std::array<KindCounts, 4> kinds{};  // hard, fade, dissolve, wipe

  int64_t false_events() const { return hard_false + soft_false; }
  int64_t matched() const { return hard_tp + hard_as_soft + soft_found; }
};

/// A false event, or a known transition that was missed.
struct Mistake {
  Kind kind = Kind::kHard;
  Span span;  // a hard cut: its first new frame
};

/// A gradual truth and its best prediction.
struct GradualMatch {
  Kind kind = Kind::kDissolve;
  Span span;
  Kind found = Kind::kDissolve;
  double iou = 0;
};

/// Of a prediction that is right or false; others (at an edge, a hard one within a
/// gradual truth) are not used for confidence.
struct Verdict {
  float confidence = 1;
  bool right = false;
};

struct ClipScore {
  std::string name;
  int64_t frames = 0;
  Score score;
  std::vector<Verdict> verdicts;
  std::vector<Mistake> missed_hard;
  std::vector<Mistake> missed_soft;
  std::vector<GradualMatch> soft_matches;
  std::vector<Mistake> false_events;
};

ClipScore ScoreClip(const Truth& truth, const std::vector<Prediction>& predictions,
                    const ScoreOptions& options);

}  // namespace reelbatch::eval
