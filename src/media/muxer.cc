#include "media/muxer.h"

#include <cerrno>
#include <cstdio>
#include <utility>

#include "fmt/format.h"
#include "media/split_tracks.h"

namespace reelbatch::media {
namespace {

constexpr int kBufferBytes = 256 * 1024;

}  // namespace

base::Result<const AVOutputFormat*> Muxer::FormatOf(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  const AVOutputFormat* format = av_guess_format(nullptr, ("x" + extension).c_str(), nullptr);
  if (format == nullptr || (format->flags & AVFMT_NOFILE) != 0) {
    return base::Fail(
        base::Code::kInvalidArgument,
        fmt::format("no video container has the extension '{}'; use .mp4, .mkv, .mov, .webm, .avi "
                    "or .mpg",
                    extension),
        path.string());
  }
  return format;
}

base::Result<std::unique_ptr<Muxer>> Muxer::Create(const std::filesystem::path& path) {
  const auto format = FormatOf(path);
  if (!format) return std::unexpected(format.error());
  auto file = base::AtomicFile::Create(path);
  if (!file) return std::unexpected(file.error());
  std::unique_ptr<Muxer> muxer(new Muxer(std::move(*file)));

  auto* buffer = static_cast<uint8_t*>(av_malloc(kBufferBytes));
  if (buffer == nullptr) return muxer->Fail(AVERROR(ENOMEM), "cannot write");
  muxer->io_.reset(
      avio_alloc_context(buffer, kBufferBytes, 1, muxer.get(), nullptr, &Muxer::Write, &Seek));
  if (!muxer->io_) {
    av_free(buffer);
    return muxer->Fail(AVERROR(ENOMEM), "cannot write");
  }
  AVFormatContext* context = nullptr;
  const int made = avformat_alloc_output_context2(&context, *format, nullptr, nullptr);
  if (made < 0) return muxer->Fail(made, "cannot write");
  muxer->format_.reset(context);
  context->pb = muxer->io_.get();
  context->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT;
  return muxer;
}

int Muxer::Write(void* self, WrittenByte* bytes, int size) {
  auto* muxer = static_cast<Muxer*>(self);
  const int error =
      muxer->file_.Write({reinterpret_cast<const char*>(bytes), static_cast<size_t>(size)});
  if (error == 0) return size;
  if (muxer->write_errno_ == 0) muxer->write_errno_ = error;
  return AVERROR(error);
}

int64_t Muxer::Seek(void* self, int64_t offset, int whence) {
  if ((whence & AVSEEK_SIZE) != 0) return AVERROR(ENOSYS);
  const int64_t at = static_cast<Muxer*>(self)->file_.Seek(offset, whence & ~AVSEEK_FORCE);
  return at < 0 ? AVERROR(errno) : at;
}

base::Result<AVStream*> Muxer::AddStream(const AVCodecContext& encoder) {
  AVStream* stream = avformat_new_stream(format_.get(), nullptr);
  if (stream == nullptr) return Fail(AVERROR(ENOMEM), "cannot add a stream");
  const int copied = avcodec_parameters_from_context(stream->codecpar, &encoder);
  if (copied < 0) return Fail(copied, "cannot add a stream");
  stream->time_base = encoder.time_base;
  stream->sample_aspect_ratio = encoder.sample_aspect_ratio;
  stream->avg_frame_rate = encoder.framerate;
  return stream;
}

base::Result<AVStream*> Muxer::AddCopy(const AVStream& source) {
  return AddCopy(source, *source.codecpar);
}

base::Result<AVStream*> Muxer::AddCopy(const AVStream& source,
                                       const AVCodecParameters& parameters) {
  AVStream* stream = avformat_new_stream(format_.get(), nullptr);
  if (stream == nullptr) return Fail(AVERROR(ENOMEM), "cannot add a stream");
  const int copied = avcodec_parameters_copy(stream->codecpar, &parameters);
  if (copied < 0) return Fail(copied, "cannot add a stream");
  // A tag is a container's own word for a codec; the muxer picks the right one where this is not.
  const AVCodecTag* const* tags = format_->oformat->codec_tag;
  if (tags == nullptr || av_codec_get_id(tags, parameters.codec_tag) != parameters.codec_id) {
    stream->codecpar->codec_tag = 0;
  }
  stream->time_base = source.time_base;
  stream->sample_aspect_ratio = source.sample_aspect_ratio;
  stream->avg_frame_rate = source.avg_frame_rate;
  CopyTrackWords(source, *stream);
  if (const int words = CopyStreamSideData(source, *stream); words < 0)
    return Fail(words, "cannot add a stream");
  // MP4 writes the boxes of Dolby Vision and of spherical video only so.
  format_->strict_std_compliance = FF_COMPLIANCE_UNOFFICIAL;
  return stream;
}

base::Status Muxer::WriteHeader() {
  const LogCapture::Scope scope(log_);
  const int written = avformat_write_header(format_.get(), nullptr);
  if (written >= 0) return {};
  if (write_errno_ != 0) return file_.Fail(write_errno_);
  const std::string detail = log_.first_error();
  return base::Fail(
      base::Code::kInvalidArgument,
      fmt::format("the container '{}' does not accept these streams: {}; use .mkv, which accepts "
                  "nearly all streams",
                  format_->oformat->name, detail.empty() ? AvErrorText(written) : detail),
      path().string());
}

base::Status Muxer::WritePacket(AVPacket& packet, const AVStream& stream, AVRational time_base) {
  const LogCapture::Scope scope(log_);
  packet.stream_index = stream.index;
  av_packet_rescale_ts(&packet, time_base, stream.time_base);
  const int written = av_interleaved_write_frame(format_.get(), &packet);
  if (written < 0 || write_errno_ != 0) return Fail(written, "cannot write a packet");
  return {};
}

base::Status Muxer::Finish() {
  const LogCapture::Scope scope(log_);
  const int written = av_write_trailer(format_.get());
  avio_flush(io_.get());
  if (written < 0 || write_errno_ != 0) return Fail(written, "cannot finish the file");
  return file_.Commit();
}

std::unexpected<base::Error> Muxer::Fail(int averror, const char* what) const {
  if (write_errno_ != 0) return file_.Fail(write_errno_);
  return AvFail(averror, what, path(), log_.first_error());
}

}  // namespace reelbatch::media
