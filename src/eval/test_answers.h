#pragma once

// Truths and answers made up by tests.

#include <utility>
#include <vector>

#include "eval/score.h"

namespace reelbatch::eval::made_up {

inline Transition HardAt(int64_t frame) {
  return {.kind = Kind::kHard, .start = frame - 1, .end = frame, .frame = frame};
}
inline Transition Gradual(Kind kind, int64_t start, int64_t end) {
  return {.kind = kind, .start = start, .end = end, .frame = (start + end) / 2};
}
inline Prediction CutAt(int64_t frame, float confidence = 1) {
  return {
      .kind = Kind::kHard, .start = frame, .end = frame, .frame = frame, .confidence = confidence};
}
inline Prediction Over(Kind kind, int64_t start, int64_t end) {
  return {.kind = kind, .start = start, .end = end, .frame = (start + end) / 2};
}

inline Truth Of(std::vector<Transition> transitions) {
  Truth truth;
  truth.name = "clip";
  truth.fps = {.num = 25, .den = 1};
  truth.frames = 1500;
  truth.transitions = std::move(transitions);
  return truth;
}

inline ClipScore Judge(const Truth& truth, const std::vector<Prediction>& predictions,
                       const ScoreOptions& options = {}) {
  return ScoreClip(truth, predictions, options);
}

}  // namespace reelbatch::eval::made_up
