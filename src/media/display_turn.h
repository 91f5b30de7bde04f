#pragma once

#include <cstdint>

#include "media/av.h"

namespace reelbatch::media {

/// What has to be done to a picture so that it stands upright: first its rows and columns change
/// places, then it is mirrored.
struct DisplayTurn {
  bool transpose = false;
  bool mirror_columns = false;  // left and right change places
  bool mirror_rows = false;
  bool needed() const { return transpose || mirror_columns || mirror_rows; }
  friend bool operator==(const DisplayTurn&, const DisplayTurn&) = default;
};

/// What ffmpeg's command line makes of a display matrix (9 values: a b u, c d v, x y w): quarter
/// turns and mirrors. Other angles: nothing is done, where the command line rotates. Source:
/// FFmpeg 5.1, the filters that `-autorotate` (on by default) inserts.
DisplayTurn TurnOf(const int32_t* display_matrix);

/// Whether the rows and columns of such pictures can change places with every sample staying whole:
/// not those of 4:2:2 and the like, palettes, and formats with several samples in a byte.
bool CanTranspose(AVPixelFormat format);

/// `to` is allocated, of the format of `from` and of its size as it will be. A format that cannot
/// be transposed must not have to be.
void Turn(const AVFrame& from, DisplayTurn turn, AVFrame& to);

}  // namespace reelbatch::media
