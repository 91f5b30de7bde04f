#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contracts/events.h"
#include "eval/truth.h"

namespace reelbatch::eval {

/// What a detector says. A point: one frame, at which a gradual transition is meant to lie.
struct Prediction {
  Kind kind = Kind::kHard;
  int64_t start = 0;  // of a hard cut: frame
  int64_t end = 0;
  int64_t frame = 0;
  float confidence = 1;
  bool point() const { return start == end; }
};

/// All that a detector says of one clip.
struct Answer {
  int64_t frames = 0;  // that it saw
  std::vector<Prediction> predictions;
};

/// Fades of all sorts are fades; observations (whip pans, zooms) say nothing about shots.
std::vector<Prediction> PredictionsOf(const std::vector<contracts::Event>& events);

/// What another program found: {NAME: {"n_frames": N, "events": [{"type", "start", "end", "frame",
/// "confidence"}]}}, NAME a truth file's or a video's. A hard cut needs `frame` (or `end`), the
/// others `start` and `end`, or `frame` alone. Errors: corrupt (names `name` and the field).
base::Result<std::map<std::string, Answer>> ParseAnswers(std::string_view json,
                                                         std::string_view name);

}  // namespace reelbatch::eval
