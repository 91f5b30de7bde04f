#include "planning/look_ahead.h"

#include <algorithm>

namespace reelbatch::planning {

LookAhead::LookAhead(int window) : window_(std::max(1, window)) {}

void LookAhead::Add(int video, int64_t bytes) {
  unprobed_.push({.bytes = std::max<int64_t>(0, bytes), .turn = added_++, .video = video});
}

std::optional<int> LookAhead::Probe() {
  if (in_window_ >= window_ || unprobed_.empty()) return std::nullopt;
  const int video = unprobed_.top().video;
  unprobed_.pop();
  if (unprobed_.empty()) unprobed_ = {};  // gives its memory back, which pop() keeps
  ++in_window_;
  return video;
}

void LookAhead::Leave() { in_window_ = std::max(0, in_window_ - 1); }

int LookAheadWindow(int lanes) {
  constexpr int kLeast = 64;
  constexpr int kPerLane = 8;
  constexpr int kMostLanes = 1 << 20;  // keeps the product an int
  return std::max(kLeast, kPerLane * std::clamp(lanes, 1, kMostLanes));
}

}  // namespace reelbatch::planning
