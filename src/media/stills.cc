#include "media/stills.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>

#include "base/atomic_file.h"
#include "fmt/format.h"
#include "media/av.h"
#include "media/encoder.h"
#include "media/log_capture.h"
#include "media/picture_converter.h"
#include "media/still_picture.h"
#include "media/stream_info.h"
#include "media/tone_map.h"

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
                    fmt::format("the format of pictures must be .jpg or .png, not '{}'", extension),
                    path.string());
}

/// Matrix and range of a picture whose source may leave them open.
struct RgbQuestion {
  int width = 0;  // of the RGB picture
  AVPixelFormat to = AV_PIX_FMT_RGB24;
  AVColorSpace matrix = AVCOL_SPC_BT470BG;
  bool full_range = false;
};

base::Result<AvFrame> Scale(const AVFrame& picture, const RgbQuestion& question) {
  auto rgb = AllocatePicture(question.to, question.width, picture.height);
  if (!rgb) return rgb;
  const int flags = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_BITEXACT;
  const AvSws scaler(sws_getContext(picture.width, picture.height,
                                    static_cast<AVPixelFormat>(picture.format), question.width,
                                    picture.height, question.to, flags, nullptr, nullptr, nullptr));
  if (!scaler) {
    return base::Fail(base::Code::kInternal, "swscale does not support this chroma layout");
  }
  const int* matrix = SwsTableOf(question.matrix);
  constexpr int kOne = 1 << 16;
  sws_setColorspaceDetails(scaler.get(), matrix, question.full_range ? 1 : 0, matrix, 1, 0, kOne,
                           kOne);
  if (sws_scale(scaler.get(), picture.data, picture.linesize, 0, picture.height, (*rgb)->data,
                (*rgb)->linesize) <= 0) {
    return base::Fail(base::Code::kInternal, "swscale does not support this frame");
  }
  return rgb;
}

/// Gray as 4:2:0 without colour: swscale would take a gray format for full range.
base::Result<AvFrame> WithChroma(const AVFrame& gray, const PictureColours& colours) {
  const auto format = static_cast<AVPixelFormat>(gray.format);
  PictureConverter converter({.format = EncodableFormat(format),
                              .width = gray.width,
                              .height = gray.height,
                              .full_range = IsFullRangePicture(colours, format)},
                             gray.width, gray.height);
  return converter.Convert(gray, colours);
}

AVColorSpace MatrixOf(const PictureColours& colours, int height) {
  if (colours.matrix != AVCOL_SPC_UNSPECIFIED) return colours.matrix;
  if (colours.hdr()) return AVCOL_SPC_BT2020_NCL;
  return IsBt709(colours.matrix, height) ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
}

/// Packed RGB of the picture, `width` wide: depth, range, matrix, transfer, primaries and aspect
/// are dealt with.
base::Result<AvFrame> ToRgb(const StillPicture& still, int width) {
  const auto format = static_cast<AVPixelFormat>(still.frame->format);
  const AVPixFmtDescriptor* descriptor = av_pix_fmt_desc_get(format);
  if (descriptor == nullptr)
    return base::Fail(base::Code::kInternal, "the frame has no pixel format");
  const bool gray = descriptor->nb_components < 3 && !IsRgb(format);
  AvFrame coloured;
  if (gray) {
    auto made = WithChroma(*still.frame, still.colours);
    if (!made) return made;
    coloured = std::move(*made);
  }
  const AVFrame& picture = gray ? *coloured : *still.frame;
  const bool mapped = ToneMap::Needed(still.colours);
  auto rgb = Scale(picture, {.width = width,
                             .to = mapped ? AV_PIX_FMT_RGB48 : AV_PIX_FMT_RGB24,
                             .matrix = MatrixOf(still.colours, picture.height),
                             .full_range = IsFullRangePicture(still.colours, format)});
  if (!rgb || !mapped) return rgb;
  auto sdr = AllocatePicture(AV_PIX_FMT_RGB24, width, picture.height);
  if (!sdr) return sdr;
  const ToneMap map(still.colours, still.peak_nits);
  for (int y = 0; y < picture.height; ++y) {
    map.Apply(reinterpret_cast<const uint16_t*>((*rgb)->data[0] +
                                                static_cast<ptrdiff_t>((*rgb)->linesize[0]) * y),
              (*sdr)->data[0] + static_cast<ptrdiff_t>((*sdr)->linesize[0]) * y, width);
  }
  return sdr;
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
  if (!scaler)
    return base::Fail(base::Code::kOutOfMemory, "there is not enough memory to convert a picture");
  if (sws_scale(scaler.get(), rgb.data, rgb.linesize, 0, rgb.height, (*yuv)->data,
                (*yuv)->linesize) <= 0) {
    return base::Fail(base::Code::kInternal, "swscale does not support this picture");
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

base::Result<AvPacket> MakePicture(const StillPicture& still, Kind kind, int width,
                                   const StillOptions& options) {
  auto picture = ToRgb(still, width);
  if (picture && options.rotation_deg != 0) picture = Turn(**picture, options.rotation_deg);
  if (picture && kind == Kind::kJpeg) picture = ToFullRangeYuv(**picture);
  if (!picture) return std::unexpected(picture.error());
  return EncodePicture(**picture, kind, options.jpeg_quality);
}

}  // namespace

base::Status WriteStill(const StillPicture& picture, const std::filesystem::path& path,
                        const StillOptions& options) {
  const QuietLog quiet;
  const auto kind = KindOf(path);
  if (!kind) return std::unexpected(kind.error());
  const int turn = options.rotation_deg;
  if (turn != 0 && turn != 90 && turn != 180 && turn != 270) {
    return base::Fail(base::Code::kInvalidArgument,
                      fmt::format("rotation {} is not 0, 90, 180 or 270", turn), path.string());
  }
  const AVFrame& frame = *picture.frame;
  const double aspect = options.sar.num > 0 && options.sar.den > 0 ? options.sar.value() : 1;
  const double width = std::round(frame.width * aspect);
  if (frame.height > kMaxSide || !(width >= 1 && width <= kMaxSide)) {
    return base::Fail(
        base::Code::kInvalidArgument,
        fmt::format(
            "a picture of {}x{} with pixels of {}:{} is out of range: each side must be 1 to {}",
            frame.width, frame.height, options.sar.num, options.sar.den, kMaxSide),
        path.string());
  }
  auto packet = MakePicture(picture, *kind, static_cast<int>(width), options);
  if (!packet) {
    packet.error().context = path.string();
    return std::unexpected(packet.error());
  }
  const std::string_view bytes(reinterpret_cast<const char*>((*packet)->data),
                               static_cast<size_t>((*packet)->size));
  return base::WriteFileAtomically(path, bytes);
}

base::Status WriteStill(const image::FrameView& frame, const std::filesystem::path& path,
                        const StillOptions& options) {
  const QuietLog quiet;
  const AVPixelFormat format = PixelFormatOf(frame);
  if (frame.y.empty() || format == AV_PIX_FMT_NONE) {
    return base::Fail(base::Code::kInvalidArgument,
                      "the frame has no samples, or an unknown chroma layout", path.string());
  }
  auto copy = AllocatePicture(format, frame.y.width, frame.y.height);
  if (!copy) return std::unexpected(copy.error());
  CopyPlanes(frame, **copy);
  const PictureColours colours{.range = frame.full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG,
                               .matrix = frame.bt709 ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M};
  return WriteStill(StillPicture{.frame = copy->get(), .colours = colours}, path, options);
}

}  // namespace reelbatch::media
