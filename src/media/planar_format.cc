#include "media/planar_format.h"

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

}  // namespace reelbatch::media
