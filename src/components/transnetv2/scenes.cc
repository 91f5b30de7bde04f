#include "components/transnetv2/scenes.h"

namespace reelbatch::components::transnetv2 {

std::vector<Scene> ScenesOf(std::span<const float> probability, float threshold) {
  std::vector<Scene> scenes;
  const auto frames = static_cast<int64_t>(probability.size());
  if (frames == 0) return scenes;
  const auto in_transition = [&](int64_t frame) {
    return probability[static_cast<size_t>(frame)] > threshold;
  };
  int64_t first = 0;
  bool before = false;
  for (int64_t frame = 0; frame < frames; ++frame) {
    const bool now = in_transition(frame);
    if (before && !now) first = frame;
    if (!before && now && frame != 0) scenes.push_back({.first = first, .last = frame});
    before = now;
  }
  if (!before) scenes.push_back({.first = first, .last = frames - 1});
  if (scenes.empty()) scenes.push_back({.first = 0, .last = frames - 1});
  return scenes;
}

}  // namespace reelbatch::components::transnetv2
