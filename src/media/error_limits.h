#pragma once

namespace reelbatch::media {

/// When a file is given up, for pictures and for sound alike.

/// Enough to get over a damaged stretch. A demuxer that fails more often in a row only ever fails.
inline constexpr int kMaxReadErrorsInARow = 64;
/// A decoder that keeps failing without taking a packet. FFmpeg's own limit while it drains is
/// about 20.
inline constexpr int kMaxDecodeErrorsInARow = 256;

}  // namespace reelbatch::media
