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

/// One event of a detector. A point: one frame, which is meant to be within a gradual transition.
struct Prediction {
  Kind kind = Kind::kHard;
  int64_t start = 0;  // of a hard cut: frame
  int64_t end = 0;
  int64_t frame = 0;
  float confidence = 1;
  bool point() const { return start == end; }
};

/// All events of a detector for one clip.
struct Answer {
  int64_t frames = 0;  // frames that it analysed
  std::vector<Prediction> predictions;
};

/// All kinds of fades are fades; observations (whip pans, zooms) are not used.
std::vector<Prediction> PredictionsOf(const std::vector<contracts::Event>& events);

/// The events of another program: {NAME: {"n_frames": N, "events": [{"type", "start", "end",
/// "frame", "confidence"}]}}, NAME of a truth file or a video. A hard cut needs `frame` (or `end`),
/// the others `start` and `end`, or `frame` alone. Errors: corrupt (the message has `name` and the
/// field).
base::Result<std::map<std::string, Answer>> ParseAnswers(std::string_view json,
                                                         std::string_view name);

}  // namespace reelbatch::eval
