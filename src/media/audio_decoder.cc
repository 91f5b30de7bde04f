#include "media/audio_decoder.h"

#include <utility>

namespace reelbatch::media {
namespace {

// As for video: enough to get over a damaged stretch.
constexpr int kMaxReadErrorsInARow = 64;
constexpr int kMaxDecodeErrorsInARow = 256;

}  // namespace

base::Result<std::unique_ptr<AudioDecoder>> AudioDecoder::Open(std::unique_ptr<Container> container,
                                                               std::optional<int> stream) {
  AVFormatContext* const format = container->format();
  const int video = container->stream()->index;
  const AVCodec* codec = nullptr;
  int index =
      av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, stream.value_or(-1), video, &codec, 0);
  if (index == AVERROR_STREAM_NOT_FOUND) return nullptr;
  if (index < 0 || codec == nullptr) {
    index = av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, stream.value_or(-1), video, nullptr, 0);
    if (index < 0) return nullptr;
    return base::Fail(base::Code::kCorrupt,
                      std::string("FFmpeg has no decoder for its sound (") +
                          avcodec_get_name(format->streams[index]->codecpar->codec_id) +
                          "); convert it to another codec",
                      container->file().path().string());
  }
  container->stream()->discard = AVDISCARD_ALL;
  format->streams[index]->discard = AVDISCARD_DEFAULT;
  std::unique_ptr<AudioDecoder> decoder(
      new AudioDecoder(std::move(container), format->streams[index]));
  if (auto opened = decoder->OpenCodec(*codec); !opened)
    return std::unexpected(std::move(opened.error()));
  return decoder;
}

base::Status AudioDecoder::OpenCodec(const AVCodec& codec) {
  const LogCapture::Scope scope(container_->log());
  // What FFmpeg said while it looked for the streams is of the video, too.
  container_->log().Clear();
  const std::string what = "its sound (" + codec_name() + ") cannot be decoded";
  codec_.reset(avcodec_alloc_context3(&codec));
  packet_.reset(av_packet_alloc());
  frame_.reset(av_frame_alloc());
  if (!codec_ || !packet_ || !frame_) return Fail(AVERROR(ENOMEM), what);
  int result = avcodec_parameters_to_context(codec_.get(), stream_->codecpar);
  if (result < 0) return Fail(result, what);
  codec_->thread_count = 1;
  codec_->pkt_timebase = stream_->time_base;
  container_->log().Watch(codec_.get());
  result = avcodec_open2(codec_.get(), &codec, nullptr);
  if (result < 0) return Fail(result, what);
  return {};
}

base::Result<const AVFrame*> AudioDecoder::Next() {
  const LogCapture::Scope scope(container_->log());
  while (!at_end_) {
    if (container_->file().cancelled()) return Fail(AVERROR_EXIT, "decoding sound");
    const int result = avcodec_receive_frame(codec_.get(), frame_.get());
    if (result == 0) {
      decode_errors_in_a_row_ = 0;
      const bool damaged =
          frame_->decode_error_flags != 0 || (frame_->flags & AV_FRAME_FLAG_CORRUPT) != 0;
      if (damaged) NoteError("the decoder marked a frame as damaged");
      return frame_.get();
    }
    if (result == AVERROR(ENOMEM)) return Fail(result, "decoding sound");
    if (result == AVERROR(EAGAIN) && !draining_) {
      if (auto fed = Feed(); !fed) return std::unexpected(std::move(fed.error()));
    } else if (result == AVERROR_EOF || result == AVERROR(EAGAIN)) {
      at_end_ = true;
    } else {
      NoteError(AvErrorText(result));
      at_end_ = ++decode_errors_in_a_row_ >= kMaxDecodeErrorsInARow;
    }
  }
  return nullptr;
}

base::Status AudioDecoder::Feed() {
  bool end = false;
  if (auto read = ReadPacket(end); !read) return read;
  const int result = avcodec_send_packet(codec_.get(), end ? nullptr : packet_.get());
  draining_ = end;
  if (result == AVERROR(ENOMEM)) return Fail(result, "decoding sound");
  if (result < 0 && !end) NoteError(AvErrorText(result));
  return {};
}

base::Status AudioDecoder::ReadPacket(bool& end) {
  while (true) {
    av_packet_unref(packet_.get());
    const int result = av_read_frame(container_->format(), packet_.get());
    if (container_->file().cancelled()) return Fail(AVERROR_EXIT, "reading sound");
    if (result < 0 && container_->file().read_errno() != 0) return Fail(result, "reading sound");
    if (result == AVERROR(ENOMEM)) return Fail(result, "reading sound");
    if (result == AVERROR_EOF) {
      end = true;
      return {};
    }
    if (result < 0) {
      NoteError(AvErrorText(result));
      ended_by_error_ = true;
      if (++read_errors_in_a_row_ < kMaxReadErrorsInARow) continue;
      end = true;
      return {};
    }
    read_errors_in_a_row_ = 0;
    ended_by_error_ = false;
    if (packet_->stream_index != stream_->index) continue;
    ++packets_;
    last_packet_damaged_ = (packet_->flags & AV_PKT_FLAG_CORRUPT) != 0;
    if (last_packet_damaged_) NoteError("the container holds a damaged packet");
    return {};
  }
}

void AudioDecoder::NoteError(std::string_view reason) {
  ++errors_;
  if (!first_error_.empty()) return;
  first_error_ = container_->log().first_error();
  if (first_error_.empty()) first_error_ = reason;
}

}  // namespace reelbatch::media
