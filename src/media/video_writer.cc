#include "media/video_writer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "fmt/format.h"
#include "media/encoder.h"
#include "media/muxer.h"

namespace reelbatch::media {
namespace {

/// Limited range stretched to full, for MJPEG, whose samples are full range by definition.
struct RangeTables {
  std::array<uint8_t, 256> luma{};
  std::array<uint8_t, 256> chroma{};
};

RangeTables MakeFullRange() {
  RangeTables tables;
  const auto code = [](double value) {
    return static_cast<uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
  };
  for (int i = 0; i < 256; ++i) {
    const auto at = static_cast<size_t>(i);
    tables.luma[at] = code((i - 16) * 255.0 / 219.0);
    tables.chroma[at] = code((i - 128) * 255.0 / 224.0 + 128);
  }
  return tables;
}

void Map(const std::array<uint8_t, 256>& table, uint8_t* data, int stride, int width, int height) {
  for (int y = 0; y < height; ++y, data += stride) {
    for (int x = 0; x < width; ++x) data[x] = table[data[x]];
  }
}

class Writer final : public VideoWriter {
 public:
  Writer(const WriterOptions& options, std::unique_ptr<Muxer> muxer, AvCodecContext encoder,
         AVStream* stream)
      : options_(options), muxer_(std::move(muxer)), encoder_(std::move(encoder)), stream_(stream) {
    if (encoder_->pix_fmt == AV_PIX_FMT_YUVJ420P) full_range_ = MakeFullRange();
  }

  base::Status Write(const image::FrameView& view, int64_t pts) override {
    if (auto fits = Check(view, pts); !fits) return fits;
    auto frame = AllocatePicture(encoder_->pix_fmt, options_.width, options_.height);
    if (!frame) return std::unexpected(frame.error());
    CopyPlanes(view, **frame);
    if (full_range_) Stretch(*full_range_, **frame);
    (*frame)->pts = pts;
    (*frame)->quality = encoder_->global_quality;
    return Send(frame->get());
  }

  base::Status Finish() override {
    if (finished_) return Wrong("Finish() was called twice");
    finished_ = true;
    if (!last_pts_) return Wrong("a video needs at least one frame");
    if (auto done = Send(nullptr); !done) return done;
    return muxer_->Finish();
  }

 private:
  base::Status Check(const image::FrameView& view, int64_t pts) {
    if (finished_) return Wrong("Write() after Finish()");
    const bool fits = view.y.width == options_.width && view.y.height == options_.height &&
                      view.u.width == options_.width / 2 && view.u.height == options_.height / 2 &&
                      view.v.width == view.u.width && view.v.height == view.u.height;
    if (!fits) {
      return Wrong(fmt::format("a frame of {}x{} is not 4:2:0 of {}x{}", view.y.width,
                               view.y.height, options_.width, options_.height));
    }
    if (last_pts_ && pts <= *last_pts_) {
      return Wrong(fmt::format("pts {} does not follow {}", pts, *last_pts_));
    }
    last_pts_ = pts;
    return {};
  }

  void Stretch(const RangeTables& tables, AVFrame& frame) const {
    Map(tables.luma, frame.data[0], frame.linesize[0], options_.width, options_.height);
    for (const int plane : {1, 2}) {
      Map(tables.chroma, frame.data[plane], frame.linesize[plane], options_.width / 2,
          options_.height / 2);
    }
  }

  base::Status Send(const AVFrame* frame) {
    return Encode(*encoder_, frame, *muxer_, [this](AVPacket& packet) {
      // Some containers give the last frame the length that its packet says; FFmpeg's encoders of
      // this age say none.
      if (packet.duration == 0) packet.duration = 1;
      return muxer_->WritePacket(packet, *stream_, encoder_->time_base);
    });
  }

  std::unexpected<base::Error> Wrong(std::string message) const {
    return base::Fail(base::Code::kInvalidArgument, std::move(message), muxer_->path().string());
  }

  WriterOptions options_;
  std::unique_ptr<Muxer> muxer_;  // outlives the encoder, which logs to it
  AvCodecContext encoder_;
  AVStream* stream_;
  std::optional<RangeTables> full_range_;
  std::optional<int64_t> last_pts_;
  bool finished_ = false;
};

base::Status CheckOptions(const std::filesystem::path& path, const WriterOptions& options) {
  const auto wrong = [&path](std::string message) {
    return base::Fail(base::Code::kInvalidArgument, std::move(message), path.string());
  };
  if (options.width < 2 || options.height < 2 || options.width % 2 != 0 ||
      options.height % 2 != 0) {
    return wrong(
        fmt::format("size {}x{}: 4:2:0 video needs even sides", options.width, options.height));
  }
  if (options.fps.num <= 0 || options.fps.den <= 0 || options.fps.num > INT32_MAX ||
      options.fps.den > INT32_MAX) {
    return wrong(fmt::format("fps {}/{} is not a frame rate", options.fps.num, options.fps.den));
  }
  if (options.sar.num <= 0 || options.sar.den <= 0 || options.sar.num > INT32_MAX ||
      options.sar.den > INT32_MAX) {
    return wrong(fmt::format("sar {}:{} is not an aspect ratio", options.sar.num, options.sar.den));
  }
  return {};
}

}  // namespace

base::Result<std::unique_ptr<VideoWriter>> CreateVideo(const std::filesystem::path& path,
                                                       const WriterOptions& options) {
  if (auto sound = CheckOptions(path, options); !sound) return std::unexpected(sound.error());
  auto muxer = Muxer::Create(path);
  if (!muxer) return std::unexpected(muxer.error());
  const bool mjpeg = options.codec == "mjpeg";
  auto encoder = OpenVideoEncoder(
      {.codec = options.codec,
       .width = options.width,
       .height = options.height,
       .time_base = {static_cast<int>(options.fps.den), static_cast<int>(options.fps.num)},
       .frame_rate = ToAv(options.fps),
       .pixel_format = mjpeg ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_YUV420P,
       .colours = {.range = mjpeg ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG,
                   .matrix = AVCOL_SPC_SMPTE170M},
       .sar = options.sar,
       .crf = options.crf,
       .gop = options.gop,
       .b_frames = options.b_frames},
      **muxer);
  if (!encoder) return std::unexpected(encoder.error());
  auto stream = (*muxer)->AddStream(**encoder);
  if (!stream) return std::unexpected(stream.error());
  if (auto done = (*muxer)->WriteHeader(); !done) return std::unexpected(done.error());
  return std::make_unique<Writer>(options, std::move(*muxer), std::move(*encoder), *stream);
}

}  // namespace reelbatch::media
