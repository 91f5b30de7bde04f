#pragma once

#include <cstdint>

#include "contracts/video.h"
#include "image/plane.h"

namespace reelbatch::image {

/// 8-bit Y'CbCr planes of one decoded frame; higher bit depths arrive rounded to 8 bits.
///
/// y is width x height; u and v are ceil(width / 2^chroma_shift_x) x ceil(height /
/// 2^chroma_shift_y). A grey source has empty u and v. Owner: the function that returns it defines
/// how long the samples are valid.
struct FrameView {
  ImageView<uint8_t> y;
  ImageView<uint8_t> u;
  ImageView<uint8_t> v;
  int chroma_shift_x = 1;
  int chroma_shift_y = 1;
  bool full_range = false;  // false: Y in 16..235, chroma in 16..240
  bool bt709 = false;       // false: BT.601
  bool gray() const { return u.empty(); }
};

/// The position of a frame in its video.
struct FrameStamp {
  contracts::FrameIndex index = 0;  // in the source
  double pts_s = 0;                 // container PTS
};

struct StampedFrame {
  FrameView view;
  contracts::FrameIndex index = 0;
  double pts_s = 0;
  /// The whole picture, upright and small, in rows of R G B R G B ...: its `width` counts samples,
  /// three per pixel. Empty if it was not requested. Valid as long as `view`.
  ImageView<uint8_t> thumbnail = {};

  FrameStamp stamp() const { return {.index = index, .pts_s = pts_s}; }
};

}  // namespace reelbatch::image
