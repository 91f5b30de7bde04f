#pragma once

#include <cstdint>

#include "media/av.h"

namespace reelbatch::media {

/// How a picture must be changed to be upright: first its rows and columns change places, and then
/// it is mirrored.
struct DisplayTurn {
  bool transpose = false;
  bool mirror_columns = false;  // left and right change places
  bool mirror_rows = false;
  bool needed() const { return transpose || mirror_columns || mirror_rows; }
  friend bool operator==(const DisplayTurn&, const DisplayTurn&) = default;
};

/// The turn that ffmpeg's command line makes of a display matrix (9 values: a b u, c d v, x y w),
/// if it is a quarter turn, a mirror, or both. For other angles the command line rotates the
/// picture, and we leave it as it is. Source: FFmpeg 5.1, the filters that `-autorotate` (on by
/// default) inserts.
DisplayTurn TurnOf(const int32_t* display_matrix);

/// Whether the rows and columns of pictures of this format can change places without a change of
/// any sample. They cannot in 4:2:2 and similar formats, in palettes, and in formats that put
/// several samples into one byte.
bool CanTranspose(AVPixelFormat format);

/// Writes the turned picture to `to`, which the caller has allocated with the format of `from` and
/// the size after the turn. If `turn` transposes, CanTranspose() must be true for the format.
void Turn(const AVFrame& from, DisplayTurn turn, AVFrame& to);

}  // namespace reelbatch::media
