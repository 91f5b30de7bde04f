#include "media/stills.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>

#include "base/atomic_file.h"
#include "fmt/format.h"
#include "image/plane.h"
#include "media/av.h"
#include "media/encoder.h"
#include "media/log_capture.h"

namespace reelbatch::media {
namespace {

constexpr int kMaxSide = 65500;  // of JPEG, a little below 2^16
constexpr int kBytesPerPixel = 3;

enum class Kind : uint8_t { kJpeg, kPng };

base::Result<Kind> KindOf(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (extension == ".jpg" || extension == ".jpeg") return Kind::kJpeg;
  if (extension == ".png") return Kind::kPng;
  return base::Fail(base::Code::kInvalidArgument,
                    fmt::format("pictures are .jpg or .png, not '{}'", extension), path.string());
}

/// Packed RGB of the frame, `width` wide: range, matrix and aspect are dealt with.
base::Result<AvFrame> ToRgb(const image::FrameView& view, int width) {
  auto rgb = AllocatePicture(AV_PIX_FMT_RGB24, width, view.y.height);
  if (!rgb) return rgb;
  // Grey is 4:2:0 without colour: swscale would take a grey format for full range.
  image::Plane<uint8_t> neutral;
  if (view.gray()) {
    neutral.Reset((view.y.width + 1) / 2, (view.y.height + 1) / 2);
    for (int y = 0; y < neutral.height(); ++y) {
      std::fill_n(neutral.row(y), neutral.stride(), uint8_t{128});
    }
  }
  const image::ImageView<uint8_t> u = view.gray() ? neutral.view() : view.u;
  const image::ImageView<uint8_t> v = view.gray() ? neutral.view() : view.v;
  const AVPixelFormat format = view.gray() ? AV_PIX_FMT_YUV420P : PixelFormatOf(view);
  const int flags = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_BITEXACT;
  const AvSws scaler(sws_getContext(view.y.width, view.y.height, format, width, view.y.height,
                                    AV_PIX_FMT_RGB24, flags, nullptr, nullptr, nullptr));
  if (!scaler) {
    return base::Fail(base::Code::kInternal, "swscale does not take this chroma layout");
  }
  const int* matrix = sws_getCoefficients(view.bt709 ? SWS_CS_ITU709 : SWS_CS_ITU601);
  constexpr int kOne = 1 << 16;
  sws_setColorspaceDetails(scaler.get(), matrix, view.full_range ? 1 : 0, matrix, 1, 0, kOne, kOne);
  const std::array<const uint8_t*, 4> data{view.y.data, u.data, v.data, nullptr};
  const std::array<int, 4> strides{static_cast<int>(view.y.stride), static_cast<int>(u.stride),
                                   static_cast<int>(v.stride), 0};
  if (sws_scale(scaler.get(), data.data(), strides.data(), 0, view.y.height, (*rgb)->data,
                (*rgb)->linesize) <= 0) {
    return base::Fail(base::Code::kInternal, "swscale does not take this frame");
  }
  return rgb;
}

/// Turned clockwise by 90, 180 or 270 degrees.
base::Result<AvFrame> Turn(const AVFrame& from, int degrees) {
  const bool upright = degrees == 180;
  auto to = AllocatePicture(AV_PIX_FMT_RGB24, upright ? from.width : from.height,
                            upright ? from.height : from.width);
  if (!to) return to;
  for (int y = 0; y < (*to)->height; ++y) {
    uint8_t* out = (*to)->data[0] + static_cast<ptrdiff_t>((*to)->linesize[0]) * y;
    for (int x = 0; x < (*to)->width; ++x, out += kBytesPerPixel) {
      const int from_x = degrees == 90 ? y : from.width - 1 - (degrees == 180 ? x : y);
      const int from_y = degrees == 270 ? x : from.height - 1 - (degrees == 180 ? y : x);
      const uint8_t* in = from.data[0] + static_cast<ptrdiff_t>(from.linesize[0]) * from_y +
                          static_cast<ptrdiff_t>(kBytesPerPixel) * from_x;
      std::memcpy(out, in, kBytesPerPixel);
    }
  }
  return to;
}

base::Result<AvFrame> ToFullRangeYuv(const AVFrame& rgb) {
  auto yuv = AllocatePicture(AV_PIX_FMT_YUVJ444P, rgb.width, rgb.height);
  if (!yuv) return yuv;
  const AvSws scaler(sws_getContext(rgb.width, rgb.height, AV_PIX_FMT_RGB24, rgb.width, rgb.height,
                                    AV_PIX_FMT_YUVJ444P, SWS_ACCURATE_RND | SWS_BITEXACT, nullptr,
                                    nullptr, nullptr));
  if (!scaler) return base::Fail(base::Code::kOutOfMemory, "no memory to convert a picture");
  if (sws_scale(scaler.get(), rgb.data, rgb.linesize, 0, rgb.height, (*yuv)->data,
                (*yuv)->linesize) <= 0) {
    return base::Fail(base::Code::kInternal, "swscale does not take this picture");
  }
  return yuv;
}

/// MJPEG's quantiser for a quality as libjpeg counts it: its percentage of the base tables, which
/// MJPEG has at 8.
int Quantiser(int quality) {
  const int clamped = std::clamp(quality, 1, 100);
  const double percent = clamped < 50 ? 5000.0 / clamped : 200.0 - 2.0 * clamped;
  return std::clamp(static_cast<int>(std::lround(percent * 8 / 100)), 1, 31);
}

base::Result<AvPacket> EncodePicture(AVFrame& picture, Kind kind, int quality) {
  const AVCodec* codec =
      avcodec_find_encoder(kind == Kind::kJpeg ? AV_CODEC_ID_MJPEG : AV_CODEC_ID_PNG);
  AvCodecContext encoder(avcodec_alloc_context3(codec));
  AvPacket packet(av_packet_alloc());
  if (codec == nullptr || !encoder || !packet) {
    return base::Fail(base::Code::kInternal, "this FFmpeg has no picture encoder");
  }
  encoder->width = picture.width;
  encoder->height = picture.height;
  encoder->pix_fmt = static_cast<AVPixelFormat>(picture.format);
  encoder->color_range = AVCOL_RANGE_JPEG;
  encoder->time_base = {1, 25};  // of no meaning for one picture, but wanted
  encoder->thread_count = 1;
  encoder->flags |= AV_CODEC_FLAG_BITEXACT;
  if (kind == Kind::kJpeg) {
    encoder->flags |= AV_CODEC_FLAG_QSCALE;
    encoder->global_quality = Quantiser(quality) * FF_QP2LAMBDA;
    picture.quality = encoder->global_quality;
  }
  picture.pts = 0;
  int result = avcodec_open2(encoder.get(), codec, nullptr);
  if (result >= 0) result = avcodec_send_frame(encoder.get(), &picture);
  if (result >= 0) result = avcodec_send_frame(encoder.get(), nullptr);
  if (result >= 0) result = avcodec_receive_packet(encoder.get(), packet.get());
  if (result < 0) {
    return base::Fail(result == AVERROR(ENOMEM) ? base::Code::kOutOfMemory : base::Code::kInternal,
                      fmt::format("encoding a {}x{} picture: {}", picture.width, picture.height,
                                  AvErrorText(result)));
  }
  return packet;
}

base::Result<AvPacket> MakePicture(const image::FrameView& frame, Kind kind, int width,
                                   const StillOptions& options) {
  auto picture = ToRgb(frame, width);
  if (picture && options.rotation_deg != 0) picture = Turn(**picture, options.rotation_deg);
  if (picture && kind == Kind::kJpeg) picture = ToFullRangeYuv(**picture);
  if (!picture) return std::unexpected(picture.error());
  return EncodePicture(**picture, kind, options.jpeg_quality);
}

}  // namespace

base::Status WriteStill(const image::FrameView& frame, const std::filesystem::path& path,
                        const StillOptions& options) {
  LogCapture::InstallQuietLog();
  const auto kind = KindOf(path);
  if (!kind) return std::unexpected(kind.error());
  const int turn = options.rotation_deg;
  if (turn != 0 && turn != 90 && turn != 180 && turn != 270) {
    return base::Fail(base::Code::kInvalidArgument,
                      fmt::format("rotation {} is not 0, 90, 180 or 270", turn), path.string());
  }
  const double aspect = options.sar.num > 0 && options.sar.den > 0 ? options.sar.value() : 1;
  const double width = std::round(frame.y.width * aspect);
  if (frame.y.empty() || frame.y.height > kMaxSide || !(width >= 1 && width <= kMaxSide)) {
    return base::Fail(
        base::Code::kInvalidArgument,
        fmt::format("a picture of {}x{} with pixels of {}:{} is beyond 1..{} a side", frame.y.width,
                    frame.y.height, options.sar.num, options.sar.den, kMaxSide),
        path.string());
  }
  auto packet = MakePicture(frame, *kind, static_cast<int>(width), options);
  if (!packet) {
    packet.error().context = path.string();
    return std::unexpected(packet.error());
  }
  const std::string_view bytes(reinterpret_cast<const char*>((*packet)->data),
                               static_cast<size_t>((*packet)->size));
  return base::WriteFileAtomically(path, bytes);
}

}  // namespace reelbatch::media
