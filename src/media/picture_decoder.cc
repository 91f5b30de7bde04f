#include "media/picture_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "media/container.h"
#include "media/content_kind.h"
#include "media/input_file.h"

namespace reelbatch::media {
namespace {

// A picture of kMaxPixels with four 32-bit samples a pixel, uncompressed, is larger; none is known.
constexpr int64_t kMaxPictureBytes = int64_t{1} << 30;
constexpr int64_t kProbeBytes = 64 * 1024;

struct PictureFormat {
  std::string_view demuxer;  // as FFmpeg's probe names it
  AVCodecID codec;
};

constexpr std::array kFormats = std::to_array<PictureFormat>({
    {"apng", AV_CODEC_ID_PNG},
    {"bmp_pipe", AV_CODEC_ID_BMP},
    {"dpx_pipe", AV_CODEC_ID_DPX},
    {"exr_pipe", AV_CODEC_ID_EXR},
    {"gif", AV_CODEC_ID_GIF},
    {"j2k_pipe", AV_CODEC_ID_JPEG2000},
    {"jpeg_pipe", AV_CODEC_ID_MJPEG},
    {"jpegls_pipe", AV_CODEC_ID_JPEGLS},
    {"mjpeg", AV_CODEC_ID_MJPEG},
    {"pam_pipe", AV_CODEC_ID_PAM},
    {"pbm_pipe", AV_CODEC_ID_PBM},
    {"pcx_pipe", AV_CODEC_ID_PCX},
    {"pgm_pipe", AV_CODEC_ID_PGM},
    {"png_pipe", AV_CODEC_ID_PNG},
    {"ppm_pipe", AV_CODEC_ID_PPM},
    {"psd_pipe", AV_CODEC_ID_PSD},
    {"qoi_pipe", AV_CODEC_ID_QOI},
    {"sgi_pipe", AV_CODEC_ID_SGI},
    {"sunrast_pipe", AV_CODEC_ID_SUNRAST},
    {"tiff_pipe", AV_CODEC_ID_TIFF},
    {"webp_pipe", AV_CODEC_ID_WEBP},
});

/// AV_CODEC_ID_NONE where it is no picture.
AVCodecID RecognisePicture(const AVPacket& packet, const std::filesystem::path& file) {
  const int64_t size = std::min<int64_t>(packet.size, kProbeBytes);
  std::vector<uint8_t> head(packet.data, packet.data + size);
  head.resize(static_cast<size_t>(size + AVPROBE_PADDING_SIZE), 0);
  const AVProbeData probe{
      .filename = "", .buf = head.data(), .buf_size = static_cast<int>(size), .mime_type = nullptr};
  int score = 0;
  const AVInputFormat* format = av_probe_input_format3(&probe, 1, &score);
  const std::string_view name = format == nullptr ? "" : format->name;
  const auto known = std::ranges::find(kFormats, name, &PictureFormat::demuxer);
  if (known != kFormats.end()) return known->codec;
  // TGA has no mark by which it could be recognised.
  const std::string ending = file.extension().string();
  return ending == ".tga" || ending == ".TGA" ? AV_CODEC_ID_TARGA : AV_CODEC_ID_NONE;
}

}  // namespace

base::Status PictureDecoder::Read(const std::filesystem::path& file) {
  auto input = InputFile::Open(file, options_.cancel);
  if (!input) return std::unexpected(input.error());
  const int64_t bytes = (*input)->bytes();
  if (bytes > kMaxPictureBytes) {
    return base::Fail(base::Code::kCorrupt, "is too large for a picture", file.string());
  }
  if (packet_ == nullptr) packet_.reset(av_packet_alloc());
  if (packet_ == nullptr) return base::Fail(base::Code::kOutOfMemory, "no memory", file.string());
  av_packet_unref(packet_.get());
  if (av_new_packet(packet_.get(), static_cast<int>(bytes)) < 0) {
    return base::Fail(base::Code::kOutOfMemory, "no memory", file.string());
  }
  // Without it the PNG decoder takes the picture for a difference to the one before.
  packet_->flags |= AV_PKT_FLAG_KEY;
  const int got = avio_read((*input)->io(), packet_->data, packet_->size);
  if ((*input)->cancelled()) return base::Fail(base::Code::kCancelled, "cancelled", file.string());
  if (got < packet_->size) {
    return base::Fail(base::Code::kIo, "reading failed; check the disk or the network",
                      file.string());
  }
  return {};
}

base::Status PictureDecoder::OpenCodec(AVCodecID id, const std::filesystem::path& file) {
  if (codec_ != nullptr && codec_->codec_id == id) return {};
  const AVCodec* codec = avcodec_find_decoder(id);
  if (codec == nullptr) {
    return base::Fail(base::Code::kCorrupt,
                      fmt::format("FFmpeg has no decoder for it ({}); convert the pictures to .png",
                                  avcodec_get_name(id)),
                      file.string());
  }
  codec_.reset(avcodec_alloc_context3(codec));
  if (codec_ == nullptr) return base::Fail(base::Code::kOutOfMemory, "no memory", file.string());
  codec_->max_pixels = kMaxPixels;
  codec_->thread_count = std::max(1, options_.threads);
  codec_->thread_type = FF_THREAD_SLICE;  // frame threads would hold pictures back
  codec_->flags |= AV_CODEC_FLAG_UNALIGNED;
  limit_.Bind(*codec_, options_.largest);
  log_.Watch(codec_.get(), &limit_);
  const int result = avcodec_open2(codec_.get(), codec, nullptr);
  if (result < 0) return AvFail(result, "cannot be decoded", file);
  return {};
}

base::Result<const AVFrame*> PictureDecoder::Decode(const std::filesystem::path& file) {
  log_.Clear();
  const LogCapture::Scope scope(log_);
  if (frame_ == nullptr) frame_.reset(av_frame_alloc());
  if (frame_ == nullptr) return base::Fail(base::Code::kOutOfMemory, "no memory", file.string());
  if (auto read = Read(file); !read) return std::unexpected(read.error());
  const std::string_view content(reinterpret_cast<const char*>(packet_->data),
                                 static_cast<size_t>(packet_->size));
  const AVCodecID id = RecognisePicture(*packet_, file);
  const auto kind = NameContent(file, content.substr(0, kContentHeadBytes), packet_->size);
  if (id == AV_CODEC_ID_NONE) {
    return base::Fail(base::Code::kCorrupt,
                      kind ? kind->message : "is not a picture that FFmpeg can read",
                      file.string());
  }
  if (auto opened = OpenCodec(id, file); !opened) return std::unexpected(opened.error());
  int result = avcodec_send_packet(codec_.get(), packet_.get());
  if (result >= 0) result = avcodec_receive_frame(codec_.get(), frame_.get());
  const std::string said = log_.first_error();
  if (result < 0) {
    const auto refused = limit_.refused();
    // What a failed picture has left in the decoder must not meet the next one.
    codec_.reset();
    if (refused) {
      return base::Fail(
          base::Code::kOutOfMemory,
          fmt::format("is {}x{}, larger than the first picture", refused->width, refused->height),
          file.string());
    }
    if (result == AVERROR(ENOMEM))
      return base::Fail(base::Code::kOutOfMemory, "no memory", file.string());
    if (kind) return base::Fail(base::Code::kCorrupt, kind->message, file.string());
    auto failure = AvFail(result, "cannot be decoded", file, said);
    failure.error().code = base::Code::kCorrupt;
    return failure;
  }
  return frame_.get();
}

}  // namespace reelbatch::media
