#include "media/picture_converter.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include "media/encoder.h"
#include "media/stream_info.h"

extern "C" {
#include <libavutil/opt.h>
}

#include "media/planar_format.h"

namespace reelbatch::media {
namespace {

constexpr int kHighDepth = 10;

struct PlaneSize {
  int width = 0;
  int height = 0;
};

PlaneSize SizeOf(const AVFrame& frame, const AVPixFmtDescriptor& format, int plane) {
  if (plane == 0) return {frame.width, frame.height};
  return {AV_CEIL_RSHIFT(frame.width, format.log2_chroma_w),
          AV_CEIL_RSHIFT(frame.height, format.log2_chroma_h)};
}

/// Moves one plane from `from_depth` bits to `to_depth` bits, half up where bits are lost.
void MovePlane(const AVFrame& from, int from_depth, AVFrame& to, int to_depth, int plane,
               PlaneSize size) {
  for (int y = 0; y < size.height; ++y) {
    const uint8_t* in = from.data[plane] + static_cast<ptrdiff_t>(from.linesize[plane]) * y;
    uint8_t* out = to.data[plane] + static_cast<ptrdiff_t>(to.linesize[plane]) * y;
    if (from_depth == to_depth) {
      std::memcpy(out, in, static_cast<size_t>(size.width) * (to_depth > 8 ? 2 : 1));
      continue;
    }
    // Only 9 to 16 bits meet here: formats of 8 bits stay at 8.
    const auto* wide = reinterpret_cast<const uint16_t*>(in);
    auto* words = reinterpret_cast<uint16_t*>(out);
    const int up = std::max(0, to_depth - from_depth);
    const int down = std::max(0, from_depth - to_depth);
    const unsigned half = down > 0 ? 1U << (down - 1) : 0;
    const unsigned most = (1U << to_depth) - 1;
    for (int x = 0; x < size.width; ++x)
      words[x] = static_cast<uint16_t>(
          std::min((static_cast<unsigned>(wide[x]) + half) >> down << up, most));
  }
}

void FillNeutralChroma(AVFrame& frame, const AVPixFmtDescriptor& format) {
  const int depth = format.comp[0].depth;
  for (int plane = 1; plane <= 2; ++plane) {
    const PlaneSize size = SizeOf(frame, format, plane);
    for (int y = 0; y < size.height; ++y) {
      uint8_t* row = frame.data[plane] + static_cast<ptrdiff_t>(frame.linesize[plane]) * y;
      if (depth == 8) {
        std::memset(row, 128, static_cast<size_t>(size.width));
      } else {
        std::fill_n(reinterpret_cast<uint16_t*>(row), size.width,
                    static_cast<uint16_t>(1U << (depth - 1)));
      }
    }
  }
}

}  // namespace

AVPixelFormat EncodableFormat(AVPixelFormat format) {
  const AVPixFmtDescriptor& descriptor = *av_pix_fmt_desc_get(format);
  const bool high = descriptor.comp[0].depth > 8;
  const bool full_chroma = !IsGray(descriptor) && (IsRgb(format) || descriptor.log2_chroma_w == 0);
  if (full_chroma) return high ? AV_PIX_FMT_YUV444P10 : AV_PIX_FMT_YUV444P;
  const bool full_height = !IsGray(descriptor) && descriptor.log2_chroma_h == 0;
  if (full_height) return high ? AV_PIX_FMT_YUV422P10 : AV_PIX_FMT_YUV422P;
  return high ? AV_PIX_FMT_YUV420P10 : AV_PIX_FMT_YUV420P;
}

bool IsFullRangePicture(const PictureColours& colours, AVPixelFormat format) {
  const AVPixFmtDescriptor* descriptor = av_pix_fmt_desc_get(format);
  const bool bitmap = descriptor != nullptr && (descriptor->flags & AV_PIX_FMT_FLAG_BITSTREAM) != 0;
  return bitmap || IsFullRange(colours.range, format);
}

base::Status PictureConverter::Scale(const AVFrame& from, const Pass& pass, AVFrame& to) {
  if (!scaler_ || pass != pass_) {
    scaler_.reset(sws_alloc_context());
    if (!scaler_)
      return base::Fail(base::Code::kOutOfMemory, "there is not enough memory for the scaler");
    const auto set = [this](const char* name, int value) {
      av_opt_set_int(scaler_.get(), name, value, 0);
    };
    set("srcw", pass.width);
    set("srch", pass.height);
    set("src_format", pass.from);
    set("dstw", to.width);
    set("dsth", to.height);
    set("dst_format", pass.to);
    set("src_range", pass.from_full ? 1 : 0);
    set("dst_range", pass.to_full ? 1 : 0);
    set("sws_flags",
        SWS_BICUBIC | SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INP | SWS_FULL_CHR_H_INT);
    if (const int result = sws_init_context(scaler_.get(), nullptr, nullptr); result < 0) {
      scaler_.reset();
      return base::Fail(AvErrorCode(result), "frames of pixel format " +
                                                 std::string(av_get_pix_fmt_name(pass.from)) +
                                                 " cannot be converted: " + AvErrorText(result));
    }
    const int* table = SwsTableOf(pass.matrix);
    constexpr int kUnit = 1 << 16;  // contrast and saturation of 1 in swscale's fixed point
    sws_setColorspaceDetails(scaler_.get(), table, pass.from_full ? 1 : 0, table,
                             pass.to_full ? 1 : 0, 0, kUnit, kUnit);
    pass_ = pass;
  }
  const int rows =
      sws_scale(scaler_.get(), from.data, from.linesize, 0, pass.height, to.data, to.linesize);
  if (rows < 0) return base::Fail(AvErrorCode(rows), "converting failed: " + AvErrorText(rows));
  return {};
}

base::Result<AvFrame> PictureConverter::Convert(const AVFrame& frame,
                                                const PictureColours& colours) {
  const auto format = WithoutRange(static_cast<AVPixelFormat>(frame.format));
  const AVPixFmtDescriptor* from = av_pix_fmt_desc_get(format);
  if (from == nullptr || (from->flags & AV_PIX_FMT_FLAG_HWACCEL) != 0)
    return base::Fail(base::Code::kCorrupt,
                      "the decoder delivered frames of an unknown pixel format");
  const AVPixFmtDescriptor& to = *av_pix_fmt_desc_get(target_.format);
  auto picture = AllocatePicture(target_.format, target_.width, target_.height);
  if (!picture) return picture;
  const bool full = IsFullRangePicture(colours, static_cast<AVPixelFormat>(frame.format));
  const bool same_size = frame.width == first_width_ && frame.height == first_height_;
  const bool gray = IsGray(*from);
  const bool same_layout = gray || (!IsRgb(format) && from->log2_chroma_w == to.log2_chroma_w &&
                                    from->log2_chroma_h == to.log2_chroma_h);
  const bool same_depth = (from->comp[0].depth > 8) == (to.comp[0].depth > 8);
  if (same_size && same_layout && same_depth && full == target_.full_range &&
      IsPlainPlanar(*from)) {
    for (int plane = 0; plane < (gray ? 1 : 3); ++plane) {
      MovePlane(frame, from->comp[0].depth, **picture, to.comp[0].depth, plane,
                SizeOf(**picture, to, plane));
    }
  } else {
    Pass pass{.width = same_size ? target_.width : frame.width,
              .height = same_size ? target_.height : frame.height,
              .from = format,
              .to = target_.format,
              .matrix = target_.matrix,
              .from_full = full,
              .to_full = target_.full_range};
    // swscale takes gray for full range; with gray on both sides the luma passes as it is.
    if (gray) pass.to = to.comp[0].depth > 8 ? AV_PIX_FMT_GRAY10 : AV_PIX_FMT_GRAY8;
    if (gray) pass.from_full = pass.to_full = true;
    if (auto done = Scale(frame, pass, **picture); !done) return std::unexpected(done.error());
  }
  if (gray) FillNeutralChroma(**picture, to);
  return picture;
}

}  // namespace reelbatch::media
