#include "media/frame_crop.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "media/planar_format.h"

extern "C" {
#include <libavutil/opt.h>
}

namespace reelbatch::media {
namespace {

/// Whether every pixel of the format begins at a byte of its own in every plane.
bool HasPixelsOfTheirOwn(const AVPixFmtDescriptor& format) {
  if ((format.flags & (AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_BAYER)) != 0) return false;
  const bool subsampled = format.log2_chroma_w > 0 || format.log2_chroma_h > 0;
  return !subsampled || (format.flags & AV_PIX_FMT_FLAG_PLANAR) != 0;
}

/// What such a frame is unpacked to.
AVPixelFormat UnpackedFormat(AVPixelFormat format) {
  const AVPixFmtDescriptor& descriptor = *av_pix_fmt_desc_get(format);
  return (descriptor.flags & AV_PIX_FMT_FLAG_RGB) != 0 ? AV_PIX_FMT_RGB24 : PlanarFormat(format);
}

bool LiesWithin(const contracts::CropRect& crop, FrameSize frame) {
  return crop.x >= 0 && crop.y >= 0 && crop.width > 0 && crop.height > 0 &&
         crop.width <= frame.width - crop.x && crop.height <= frame.height - crop.y;
}

int ScaledPosition(int position, int to, int from) {
  return static_cast<int>(std::lround(static_cast<double>(position) * to / from));
}

}  // namespace

base::Status CheckCrop(const std::optional<contracts::CropRect>& crop, FrameSize frame) {
  if (!crop || LiesWithin(*crop, frame)) return {};
  return base::Fail(
      base::Code::kInvalidArgument,
      fmt::format("the crop {}:{}:{}:{} (--crop X:Y:W:H) is outside of its frames, "
                  "which are {}x{} as decoded: X+W can be at most {} and Y+H at most {}",
                  crop->x, crop->y, crop->width, crop->height, frame.width, frame.height,
                  frame.width, frame.height));
}

contracts::CropRect FrameCrop::RectIn(FrameSize frame, FrameSize first) const {
  if (frame == first) return *rect_;
  const int left = std::min(ScaledPosition(rect_->x, frame.width, first.width), frame.width - 1);
  const int top = std::min(ScaledPosition(rect_->y, frame.height, first.height), frame.height - 1);
  const int right = ScaledPosition(rect_->x + rect_->width, frame.width, first.width);
  const int bottom = ScaledPosition(rect_->y + rect_->height, frame.height, first.height);
  return {
      .x = left, .y = top, .width = std::max(1, right - left), .height = std::max(1, bottom - top)};
}

base::Result<const AVFrame*> FrameCrop::Cut(const AVFrame& frame, FrameSize first) {
  if (!rect_) return &frame;
  if (auto inside = CheckCrop(rect_, first); !inside) return std::unexpected(inside.error());
  const AVFrame* whole = &frame;
  const auto format = static_cast<AVPixelFormat>(frame.format);
  if (!HasPixelsOfTheirOwn(*av_pix_fmt_desc_get(format))) {
    const auto unpacked = Unpack(frame);
    if (!unpacked) return unpacked;
    whole = *unpacked;
  }
  if (part_ == nullptr) part_.reset(av_frame_alloc());
  if (part_ == nullptr)
    return base::Fail(base::Code::kOutOfMemory, "there is not enough memory for a frame");
  av_frame_unref(part_.get());
  if (const int result = av_frame_ref(part_.get(), whole); result < 0) {
    return base::Fail(AvErrorCode(result), "there is not enough memory for a frame");
  }
  const contracts::CropRect rect = RectIn({frame.width, frame.height}, first);
  part_->crop_left = static_cast<size_t>(rect.x);
  part_->crop_top = static_cast<size_t>(rect.y);
  part_->crop_right = static_cast<size_t>(frame.width - rect.x - rect.width);
  part_->crop_bottom = static_cast<size_t>(frame.height - rect.y - rect.height);
  const int result = av_frame_apply_cropping(part_.get(), AV_FRAME_CROP_UNALIGNED);
  if (result < 0) {
    return base::Fail(AvErrorCode(result), "a frame cannot be cropped: " + AvErrorText(result));
  }
  return part_.get();
}

base::Result<const AVFrame*> FrameCrop::Unpack(const AVFrame& frame) {
  const auto format = static_cast<AVPixelFormat>(frame.format);
  // Anew for every frame: the one before may still be shown.
  unpacked_.reset(av_frame_alloc());
  if (unpacked_ == nullptr)
    return base::Fail(base::Code::kOutOfMemory, "there is not enough memory for a frame");
  if (av_frame_copy_props(unpacked_.get(), &frame) < 0) {
    return base::Fail(base::Code::kOutOfMemory, "there is not enough memory for a frame");
  }
  unpacked_->width = frame.width;
  unpacked_->height = frame.height;
  unpacked_->format = UnpackedFormat(format);
  if (av_frame_get_buffer(unpacked_.get(), 0) < 0) {
    return base::Fail(base::Code::kOutOfMemory, "there is not enough memory for a frame");
  }
  sws_.reset(sws_getCachedContext(sws_.release(), frame.width, frame.height, format, frame.width,
                                  frame.height, static_cast<AVPixelFormat>(unpacked_->format),
                                  SWS_AREA | SWS_ACCURATE_RND | SWS_BITEXACT, nullptr, nullptr,
                                  nullptr));
  const int rows = sws_ == nullptr ? AVERROR(EINVAL)
                                   : sws_scale(sws_.get(), frame.data, frame.linesize, 0,
                                               frame.height, unpacked_->data, unpacked_->linesize);
  if (rows < 0) {
    return base::Fail(AvErrorCode(rows), fmt::format("frames of pixel format {} cannot be cropped",
                                                     av_get_pix_fmt_name(format)));
  }
  return unpacked_.get();
}

}  // namespace reelbatch::media
