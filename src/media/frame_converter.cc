#include "media/frame_converter.h"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include "media/planar_format.h"
#include "media/stream_info.h"

extern "C" {
#include <libavutil/opt.h>
}

namespace reelbatch::media {
namespace {

int ChromaSide(int side, int shift) { return AV_CEIL_RSHIFT(side, shift); }

}  // namespace

void RoundTo8Bits(image::ImageView<uint16_t> from, int depth, image::Plane<uint8_t>& to) {
  const unsigned shift = static_cast<unsigned>(depth - 8);
  const unsigned half = 1U << (shift - 1);
  for (int y = 0; y < from.height; ++y) {
    const uint16_t* in = from.row(y);
    uint8_t* out = to.row(y);
    for (int x = 0; x < from.width; ++x) {
      out[x] = static_cast<uint8_t>(std::min((in[x] + half) >> shift, 255U));
    }
  }
}

base::Result<image::FrameView> FrameConverter::Convert(const AVFrame& frame, SampleMeaning meaning,
                                                       FramePlanes& planes) {
  const auto format = static_cast<AVPixelFormat>(frame.format);
  const AVPixFmtDescriptor* descriptor = av_pix_fmt_desc_get(format);
  if (descriptor == nullptr || (descriptor->flags & AV_PIX_FMT_FLAG_HWACCEL) != 0) {
    return base::Fail(base::Code::kCorrupt,
                      "the decoder delivered frames of an unknown pixel format");
  }
  if (target_format_ == AV_PIX_FMT_NONE) Begin(frame);
  const auto cut = crop_.Cut(frame, first_);
  if (!cut) return std::unexpected(cut.error());
  part_ = *cut;
  return ConvertPart(meaning, planes);
}

base::Result<image::FrameView> FrameConverter::ConvertPart(SampleMeaning meaning,
                                                           FramePlanes& planes) {
  const AVFrame& frame = *part_;
  const auto format = static_cast<AVPixelFormat>(frame.format);
  const AVPixFmtDescriptor& descriptor = *av_pix_fmt_desc_get(format);
  if (IsRgb(format)) meaning = {.full_range = true, .bt709 = false};
  const bool same_geometry = FrameSize{frame.width, frame.height} == target_ &&
                             PlanarFormat(format) == target_format_ && IsPlainPlanar(descriptor);
  base::Result<image::FrameView> view;
  if (!same_geometry) {
    view = Scale(frame, meaning, planes);
  } else if (descriptor.comp[0].depth == 8) {
    view = PassThrough(frame);
  } else {
    view = Round(frame, planes);
  }
  if (view.has_value()) {
    view->full_range = meaning.full_range;
    view->bt709 = meaning.bt709;
  }
  return view;
}

void FrameConverter::Begin(const AVFrame& frame) {
  first_ = {frame.width, frame.height};
  target_ = FitSize(first_, sampling_);
  target_format_ = PlanarFormat(static_cast<AVPixelFormat>(frame.format));
}

image::FrameView FrameConverter::PassThrough(const AVFrame& frame) const {
  const AVPixFmtDescriptor& target = *av_pix_fmt_desc_get(target_format_);
  image::FrameView view;
  view.chroma_shift_x = target.log2_chroma_w;
  view.chroma_shift_y = target.log2_chroma_h;
  view.y = {frame.data[0], frame.width, frame.height, frame.linesize[0]};
  if (target_format_ == AV_PIX_FMT_GRAY8) return view;
  const int width = ChromaSide(frame.width, view.chroma_shift_x);
  const int height = ChromaSide(frame.height, view.chroma_shift_y);
  view.u = {frame.data[1], width, height, frame.linesize[1]};
  view.v = {frame.data[2], width, height, frame.linesize[2]};
  return view;
}

void FrameConverter::ResetPlanes(FramePlanes& planes) const {
  const AVPixFmtDescriptor& target = *av_pix_fmt_desc_get(target_format_);
  planes[0].Reset(target_.width, target_.height);
  if (target_format_ == AV_PIX_FMT_GRAY8) return;
  for (size_t i = 1; i < planes.size(); ++i) {
    planes[i].Reset(ChromaSide(target_.width, target.log2_chroma_w),
                    ChromaSide(target_.height, target.log2_chroma_h));
  }
}

image::FrameView FrameConverter::ViewOf(const FramePlanes& planes) const {
  const AVPixFmtDescriptor& target = *av_pix_fmt_desc_get(target_format_);
  image::FrameView view;
  view.y = planes[0].view();
  view.u = planes[1].view();
  view.v = planes[2].view();
  view.chroma_shift_x = target.log2_chroma_w;
  view.chroma_shift_y = target.log2_chroma_h;
  return view;
}

image::FrameView FrameConverter::Round(const AVFrame& frame, FramePlanes& planes) const {
  const int depth = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format))->comp[0].depth;
  ResetPlanes(planes);
  for (size_t i = 0; i < planes.size() && planes[i].width() > 0; ++i) {
    // FFmpeg aligns the rows of its frames to more than two bytes; linesize counts bytes.
    const image::ImageView<uint16_t> from{reinterpret_cast<const uint16_t*>(frame.data[i]),
                                          planes[i].width(), planes[i].height(),
                                          frame.linesize[i] / ptrdiff_t{sizeof(uint16_t)}};
    RoundTo8Bits(from, depth, planes[i]);
  }
  return ViewOf(planes);
}

base::Status FrameConverter::PrepareScaler(const ScaleKey& key) {
  if (sws_ != nullptr && key == sws_key_) return {};
  sws_.reset(sws_alloc_context());
  if (sws_ == nullptr)
    return base::Fail(base::Code::kOutOfMemory, "there is not enough memory for the scaler");
  void* options = sws_.get();
  av_opt_set_int(options, "srcw", key.size.width, 0);
  av_opt_set_int(options, "srch", key.size.height, 0);
  av_opt_set_int(options, "src_format", WithoutRange(key.format), 0);
  av_opt_set_int(options, "dstw", target_.width, 0);
  av_opt_set_int(options, "dsth", target_.height, 0);
  av_opt_set_int(options, "dst_format", target_format_, 0);
  // Same range on both sides: samples are moved, not stretched. RGB is full range, and stays it.
  av_opt_set_int(options, "src_range", key.meaning.full_range ? 1 : 0, 0);
  av_opt_set_int(options, "dst_range", key.meaning.full_range ? 1 : 0, 0);
  av_opt_set_int(options, "sws_flags",
                 SWS_AREA | SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INP, 0);
  const int result = sws_init_context(sws_.get(), nullptr, nullptr);
  if (result < 0) {
    sws_.reset();
    return base::Fail(AvErrorCode(result), "frames of pixel format " +
                                               std::string(av_get_pix_fmt_name(key.format)) +
                                               " cannot be converted: " + AvErrorText(result));
  }
  const int* table = sws_getCoefficients(key.meaning.bt709 ? SWS_CS_ITU709 : SWS_CS_ITU601);
  const int range = key.meaning.full_range ? 1 : 0;
  constexpr int kUnit = 1 << 16;  // contrast and saturation of 1 in swscale's fixed point
  sws_setColorspaceDetails(sws_.get(), table, range, table, range, 0, kUnit, kUnit);
  sws_key_ = key;
  return {};
}

base::Result<image::FrameView> FrameConverter::Scale(const AVFrame& frame, SampleMeaning meaning,
                                                     FramePlanes& planes) {
  const auto format = static_cast<AVPixelFormat>(frame.format);
  const base::Status ready = PrepareScaler({{frame.width, frame.height}, format, meaning});
  if (!ready.has_value()) return std::unexpected(ready.error());
  ResetPlanes(planes);
  std::array<uint8_t*, 4> data{};
  std::array<int, 4> strides{};
  for (size_t i = 0; i < planes.size() && planes[i].width() > 0; ++i) {
    data[i] = planes[i].row(0);
    strides[i] = static_cast<int>(planes[i].stride());
  }
  const int rows = sws_scale(sws_.get(), frame.data, frame.linesize, 0, frame.height, data.data(),
                             strides.data());
  if (rows < 0) {
    return base::Fail(AvErrorCode(rows), "scaling failed: " + AvErrorText(rows));
  }
  return ViewOf(planes);
}

}  // namespace reelbatch::media
