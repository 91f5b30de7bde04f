#include "media/display_turn.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>

extern "C" {
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
}

namespace reelbatch::media {
namespace {

struct Place {
  const uint8_t* from;
  ptrdiff_t from_stride;
  uint8_t* to;
  ptrdiff_t to_stride;
  int width;  // of `to`, in samples
  int height;
};

template <size_t kBytes>
void CopyTransposed(const Place& place) {
  // Of both pictures a block fits in the nearest cache.
  constexpr int kBlock = 32;
  for (int y0 = 0; y0 < place.height; y0 += kBlock) {
    for (int x0 = 0; x0 < place.width; x0 += kBlock) {
      const int y1 = std::min(y0 + kBlock, place.height);
      const int x1 = std::min(x0 + kBlock, place.width);
      for (int y = y0; y < y1; ++y) {
        uint8_t* out = place.to + y * place.to_stride + x0 * ptrdiff_t{kBytes};
        const uint8_t* in = place.from + x0 * place.from_stride + y * ptrdiff_t{kBytes};
        for (int x = x0; x < x1; ++x, out += kBytes, in += place.from_stride)
          std::memcpy(out, in, kBytes);
      }
    }
  }
}

/// Transposed: mirrored columns are the source's rows from below, mirrored rows the destination's.
template <size_t kBytes>
void TurnPlane(Place place, DisplayTurn turn, int from_rows) {
  if (turn.mirror_rows) {
    place.to += (place.height - 1) * place.to_stride;
    place.to_stride = -place.to_stride;
  }
  if (turn.transpose) {
    if (turn.mirror_columns) {
      place.from += (from_rows - 1) * place.from_stride;
      place.from_stride = -place.from_stride;
    }
    CopyTransposed<kBytes>(place);
    return;
  }
  for (int y = 0; y < place.height; ++y) {
    const uint8_t* in = place.from + y * place.from_stride;
    uint8_t* out = place.to + y * place.to_stride;
    if (!turn.mirror_columns) {
      std::memcpy(out, in, static_cast<size_t>(place.width) * kBytes);
      continue;
    }
    in += (place.width - 1) * ptrdiff_t{kBytes};
    for (int x = 0; x < place.width; ++x, out += kBytes, in -= kBytes) std::memcpy(out, in, kBytes);
  }
}

void TurnPlane(const Place& place, DisplayTurn turn, int from_rows, int sample_bytes) {
  switch (sample_bytes) {
    case 1:
      return TurnPlane<1>(place, turn, from_rows);
    case 2:
      return TurnPlane<2>(place, turn, from_rows);
    case 3:
      return TurnPlane<3>(place, turn, from_rows);
    case 4:
      return TurnPlane<4>(place, turn, from_rows);
    case 6:
      return TurnPlane<6>(place, turn, from_rows);
    default:
      return TurnPlane<8>(place, turn, from_rows);
  }
}

}  // namespace

DisplayTurn TurnOf(const int32_t* display_matrix) {
  // FFmpeg gives the counterclockwise angle, NaN for a degenerate matrix.
  const double angle = -std::round(av_display_rotation_get(display_matrix));
  if (!std::isfinite(angle)) return {};
  constexpr double kTurn = 360;
  const double clockwise = angle - kTurn * std::floor(angle / kTurn + 0.9 / kTurn);
  const auto near = [clockwise](double degrees) { return std::fabs(clockwise - degrees) < 1; };
  const int32_t a = display_matrix[0];
  const int32_t c = display_matrix[3];
  const int32_t d = display_matrix[4];
  if (near(90)) return {.transpose = true, .mirror_columns = c <= 0, .mirror_rows = false};
  if (near(180)) return {.transpose = false, .mirror_columns = a < 0, .mirror_rows = d < 0};
  if (near(270)) return {.transpose = true, .mirror_columns = c < 0, .mirror_rows = true};
  return {.transpose = false, .mirror_columns = false, .mirror_rows = near(0) && d < 0};
}

bool CanTranspose(AVPixelFormat format) {
  constexpr uint64_t kOther =
      AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL;
  const AVPixFmtDescriptor& descriptor = *av_pix_fmt_desc_get(format);
  return (descriptor.flags & kOther) == 0 && descriptor.log2_chroma_w == descriptor.log2_chroma_h;
}

void Turn(const AVFrame& from, DisplayTurn turn, AVFrame& to) {
  const AVPixFmtDescriptor& format = *av_pix_fmt_desc_get(static_cast<AVPixelFormat>(from.format));
  std::array<int, 4> sample_bytes{};
  av_image_fill_max_pixsteps(sample_bytes.data(), nullptr, &format);
  for (int k = 0; k < 4 && from.data[k] != nullptr && to.data[k] != nullptr &&
                  sample_bytes[static_cast<size_t>(k)] > 0;
       ++k) {
    const bool chroma = k == 1 || k == 2;
    const int shift_x = chroma ? format.log2_chroma_w : 0;
    const int shift_y = chroma ? format.log2_chroma_h : 0;
    TurnPlane({.from = from.data[k],
               .from_stride = from.linesize[k],
               .to = to.data[k],
               .to_stride = to.linesize[k],
               .width = AV_CEIL_RSHIFT(to.width, shift_x),
               .height = AV_CEIL_RSHIFT(to.height, shift_y)},
              turn, AV_CEIL_RSHIFT(from.height, shift_y), sample_bytes[static_cast<size_t>(k)]);
  }
}

}  // namespace reelbatch::media
