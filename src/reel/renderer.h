#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "image/frame.h"
#include "reel/picture.h"
#include "reel/script.h"
#include "reel/texture.h"
#include "reel/timeline.h"

namespace reelbatch::reel {

/// Draws the frames of one script from their plans. Pure arithmetic: same plan, same samples, in
/// any order of calls. Threads: one caller at a time.
class Renderer {
 public:
  /// `script` has passed Validate() and outlives the renderer.
  explicit Renderer(const Script& script);

  /// The samples live until the next call.
  image::FrameView Draw(const FramePlan& plan);

 private:
  /// An object that drifts over the texture, in canvas pixels.
  struct Blob {
    double x, y, speed_x, speed_y, radius_x, radius_y;
    Yuv colour;
    int texture_x, texture_y;
  };
  struct Scene {
    uint64_t seed = 0;
    Canvas canvas;
    std::vector<Blob> blobs;
  };
  /// What the middle of the frame sees, from the middle of the canvas, and canvas pixels per frame
  /// pixel.
  struct Camera {
    double x = 0;
    double y = 0;
    double step = 1;
    double roll_degrees = 0;  // of the scenery; what drifts over it stays upright
  };

  const Scene& SceneOf(int shot);
  Camera CameraAt(int shot, double time, uint64_t seed) const;
  /// A shot as its camera sees it, with what `effects` do to camera and lens.
  void DrawView(const View& view, std::span<const Effect> effects, Picture& out);
  /// What `effects` do to the light, and what editing lays over.
  void DrawEffects(const FramePlan& plan);
  void DrawInsetOf(const Effect& effect, int time);
  void DrawWhip(const Scene& scene, const Camera& from, const Camera& to, double time,
                Picture& out);
  void DrawScene(const Scene& scene, const Camera& camera, double time, Picture& out) const;
  void DrawBlobs(const Scene& scene, const Camera& camera, double time, Picture& out) const;

  const Script& script_;
  std::map<int, Scene> scenes_;  // of the shots of the newest plan only
  std::array<int16_t, 65536> noise_{};
  std::map<int, Scene> insets_;  // of the traps of the newest plan only
  Picture main_;
  Picture other_;
  Picture inset_;
};

}  // namespace reelbatch::reel
