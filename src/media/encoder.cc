#include "media/encoder.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

extern "C" {
#include <libavutil/opt.h>
}

#include "fmt/format.h"
#include "fmt/ranges.h"

namespace reelbatch::media {
namespace {

// For encoders without a constant rate factor: 3 of 1..31 shows no blocks in common footage.
constexpr int kFixedQuantiser = 3;

constexpr std::array<const char*, 6> kKnownEncoders{"libx264",    "mpeg4", "mpeg2video",
                                                    "libvpx-vp9", "ffv1",  "mjpeg"};

std::unexpected<base::Error> NoEncoder(const std::string& name, const Muxer& muxer) {
  std::vector<std::string> there;
  for (const char* known : kKnownEncoders) {
    if (avcodec_find_encoder_by_name(known) != nullptr) there.emplace_back(known);
  }
  return base::Fail(base::Code::kInvalidArgument,
                    fmt::format("this FFmpeg does not have the video encoder '{}'; use one of {}",
                                name, fmt::join(there, ", ")),
                    muxer.path().string());
}

void SetQuality(const VideoEncoderSettings& settings, AVCodecContext& encoder,
                AvDictionary& options) {
  if (settings.codec == "libx264") {
    options.Set("crf", fmt::format("{}", settings.crf));
    options.Set("preset", "veryfast");
    // With macroblock-tree rate control and AVX-512, x264 (r3095) gives other bytes from one
    // encoder to the next in the same process; the same frames must give the same file.
    std::string params = "mbtree=0";
    // The first picture is laid out before the encoder is told of its fields.
    if (settings.field_order != AV_FIELD_UNKNOWN)
      params += settings.field_order == AV_FIELD_BB ? ":bff=1" : ":tff=1";
    if (!settings.x264_params.empty()) params += ":" + settings.x264_params;
    options.Set("x264-params", params);
  } else if (settings.codec == "libvpx-vp9") {
    options.Set("crf", fmt::format("{}", settings.crf));
    options.Set("cpu-used", "5");
    options.Set("row-mt", "0");
    encoder.bit_rate = 0;  // with a crf: constant quality
  } else if (settings.codec != "ffv1") {
    encoder.flags |= AV_CODEC_FLAG_QSCALE;
    encoder.global_quality = kFixedQuantiser * FF_QP2LAMBDA;
  }
}

}  // namespace

base::Result<AvCodecContext> OpenVideoEncoder(const VideoEncoderSettings& settings, Muxer& muxer) {
  const AVCodec* codec = avcodec_find_encoder_by_name(settings.codec.c_str());
  if (codec == nullptr || codec->type != AVMEDIA_TYPE_VIDEO) {
    return NoEncoder(settings.codec, muxer);
  }
  AvCodecContext encoder(avcodec_alloc_context3(codec));
  if (!encoder) return muxer.Fail(AVERROR(ENOMEM), "cannot open the encoder");
  encoder->width = settings.width;
  encoder->height = settings.height;
  encoder->time_base = settings.time_base;
  encoder->framerate = settings.frame_rate;
  encoder->pix_fmt = settings.pixel_format;
  encoder->color_range = settings.colours.range;
  encoder->colorspace = settings.colours.matrix;
  encoder->color_primaries = settings.colours.primaries;
  encoder->color_trc = settings.colours.transfer;
  encoder->chroma_sample_location = settings.colours.chroma_location;
  if (settings.field_order != AV_FIELD_UNKNOWN) {
    encoder->flags |= AV_CODEC_FLAG_INTERLACED_DCT | AV_CODEC_FLAG_INTERLACED_ME;
    encoder->field_order = settings.field_order;
  }
  encoder->sample_aspect_ratio = ToAv(settings.sar);
  encoder->thread_count = 1;
  encoder->flags |= AV_CODEC_FLAG_BITEXACT;
  if (muxer.wants_global_header()) encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  if (settings.gop > 0) encoder->gop_size = settings.gop;
  if (settings.b_frames >= 0) encoder->max_b_frames = settings.b_frames;
  AvDictionary options;
  SetQuality(settings, *encoder, options);
  muxer.log().Watch(encoder.get());
  const LogCapture::Scope scope(muxer.log());
  const int opened = avcodec_open2(encoder.get(), codec, options.address());
  if (opened == AVERROR(ENOMEM)) return muxer.Fail(opened, "cannot open the encoder");
  if (opened < 0) {
    const std::string detail = muxer.log().first_error();
    return base::Fail(
        base::Code::kInvalidArgument,
        fmt::format("the encoder {} does not accept {}x{} at {}/{} fps: {}", settings.codec,
                    settings.width, settings.height, settings.frame_rate.num,
                    settings.frame_rate.den, detail.empty() ? AvErrorText(opened) : detail),
        muxer.path().string());
  }
  return encoder;
}

base::Status Encode(AVCodecContext& encoder, const AVFrame* frame, const Muxer& muxer,
                    const std::function<base::Status(AVPacket&)>& sink) {
  const int sent = avcodec_send_frame(&encoder, frame);
  if (sent < 0 && sent != AVERROR_EOF) return muxer.Fail(sent, "cannot encode a frame");
  const AvPacket packet(av_packet_alloc());
  if (!packet) return muxer.Fail(AVERROR(ENOMEM), "cannot encode a frame");
  while (true) {
    const int received = avcodec_receive_packet(&encoder, packet.get());
    if (received == AVERROR(EAGAIN) || received == AVERROR_EOF) return {};
    if (received < 0) return muxer.Fail(received, "cannot encode a frame");
    if (auto done = sink(*packet); !done) return done;
  }
}

base::Result<AvFrame> AllocatePicture(AVPixelFormat format, int width, int height) {
  AvFrame frame(av_frame_alloc());
  if (frame) {
    frame->format = format;
    frame->width = width;
    frame->height = height;
    if (av_frame_get_buffer(frame.get(), 0) >= 0) return frame;
  }
  return base::Fail(base::Code::kOutOfMemory,
                    fmt::format("there is not enough memory for a {}x{} picture", width, height));
}

void CopyPlanes(const image::FrameView& view, AVFrame& frame) {
  const std::array<const image::ImageView<uint8_t>*, 3> planes{&view.y, &view.u, &view.v};
  for (size_t i = 0; i < planes.size(); ++i) {
    for (int row = 0; row < planes[i]->height; ++row) {
      std::memcpy(frame.data[i] + static_cast<ptrdiff_t>(frame.linesize[i]) * row,
                  planes[i]->row(row), static_cast<size_t>(planes[i]->width));
    }
  }
}

AVPixelFormat PixelFormatOf(const image::FrameView& view) {
  if (view.gray()) return AV_PIX_FMT_GRAY8;
  switch (view.chroma_shift_x * 4 + view.chroma_shift_y) {
    case 0:
      return view.full_range ? AV_PIX_FMT_YUVJ444P : AV_PIX_FMT_YUV444P;
    case 1:
      return view.full_range ? AV_PIX_FMT_YUVJ440P : AV_PIX_FMT_YUV440P;
    case 4:
      return view.full_range ? AV_PIX_FMT_YUVJ422P : AV_PIX_FMT_YUV422P;
    case 5:
      return view.full_range ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_YUV420P;
    case 8:
      return view.full_range ? AV_PIX_FMT_YUVJ411P : AV_PIX_FMT_YUV411P;
    case 10:
      return AV_PIX_FMT_YUV410P;
    default:
      return AV_PIX_FMT_NONE;
  }
}

}  // namespace reelbatch::media
