#pragma once

namespace reelbatch::media {

/// The limits at which the program stops reading a damaged file, for pictures and for sound.

/// The number of read errors in a row. It is enough to pass a damaged part of a file. A demuxer
/// that fails more often never recovers.
inline constexpr int kMaxReadErrorsInARow = 64;
/// The number of errors in a row of a decoder that takes no packet. While FFmpeg drains a decoder,
/// its own limit is about 20.
inline constexpr int kMaxDecodeErrorsInARow = 256;

}  // namespace reelbatch::media
