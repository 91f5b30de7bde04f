#include "media/planar_format.h"

#include <bit>

#include "media/stream_info.h"

namespace reelbatch::media {

bool IsGray(const AVPixFmtDescriptor& format) {
  return format.nb_components < 3 &&
         (format.flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) == 0;
}

AVPixelFormat PlanarFormat(AVPixelFormat format) {
  const AVPixFmtDescriptor& descriptor = *av_pix_fmt_desc_get(format);
  if (IsGray(descriptor)) return AV_PIX_FMT_GRAY8;
  if (IsRgb(format)) return AV_PIX_FMT_YUV444P;
  switch (descriptor.log2_chroma_w * 4 + descriptor.log2_chroma_h) {
    case 0:
      return AV_PIX_FMT_YUV444P;
    case 1:
      return AV_PIX_FMT_YUV440P;
    case 4:
      return AV_PIX_FMT_YUV422P;
    case 8:
      return AV_PIX_FMT_YUV411P;
    case 10:
      return AV_PIX_FMT_YUV410P;
    default:
      return AV_PIX_FMT_YUV420P;
  }
}

AVPixelFormat FormatOf(const AVFrame& frame) { return static_cast<AVPixelFormat>(frame.format); }

AVPixelFormat WithoutRange(AVPixelFormat format) {
  switch (format) {
    case AV_PIX_FMT_YUVJ411P:
      return AV_PIX_FMT_YUV411P;
    case AV_PIX_FMT_YUVJ420P:
      return AV_PIX_FMT_YUV420P;
    case AV_PIX_FMT_YUVJ422P:
      return AV_PIX_FMT_YUV422P;
    case AV_PIX_FMT_YUVJ440P:
      return AV_PIX_FMT_YUV440P;
    case AV_PIX_FMT_YUVJ444P:
      return AV_PIX_FMT_YUV444P;
    default:
      return format;
  }
}

bool IsPlainPlanar(const AVPixFmtDescriptor& format) {
  constexpr uint64_t kOther = AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL |
                              AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL |
                              AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BAYER;
  if ((format.flags & kOther) != 0) return false;
  const int depth = format.comp[0].depth;
  if (depth < 8 || depth > 16) return false;
  if (depth > 8 &&
      ((format.flags & AV_PIX_FMT_FLAG_BE) != 0) != (std::endian::native == std::endian::big)) {
    return false;
  }
  const int planes = IsGray(format) ? 1 : 3;
  for (int i = 0; i < planes; ++i) {
    const AVComponentDescriptor& component = format.comp[i];
    if (component.plane != i || component.step != (depth > 8 ? 2 : 1) || component.shift != 0 ||
        component.offset != 0 || component.depth != depth) {
      return false;
    }
  }
  return true;
}

}  // namespace reelbatch::media
