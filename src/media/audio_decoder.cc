#include "media/audio_decoder.h"

#include <utility>

#include "media/error_limits.h"
#include "media/shared_file.h"
#include "media/stream_info.h"

namespace reelbatch::media {
namespace {

std::unexpected<base::Error> NoDecoder(const SoundChoice& sound,
                                       const std::filesystem::path& path) {
  return base::Fail(base::Code::kCorrupt,
                    std::string("FFmpeg has no decoder for its sound (") +
                        avcodec_get_name(sound.codec_id) + "); convert it to another codec",
                    path.string());
}

}  // namespace

base::Result<std::unique_ptr<AudioDecoder>> AudioDecoder::Open(std::unique_ptr<Container> container,
                                                               std::optional<int> stream) {
  AVFormatContext& format = *container->format();
  const SoundChoice sound = ChooseSound(format, container->stream()->index, stream);
  if (sound.stream < 0) return nullptr;
  if (sound.codec == nullptr) return NoDecoder(sound, container->file().path());
  container->stream()->discard = AVDISCARD_ALL;
  AVStream& chosen = *format.streams[sound.stream];
  chosen.discard = AVDISCARD_DEFAULT;
  auto packets = StreamPackets::Of(std::move(container), chosen);
  if (!packets) return std::unexpected(std::move(packets.error()));
  return Make(std::move(*packets), *sound.codec);
}

base::Result<std::unique_ptr<AudioDecoder>> AudioDecoder::Open(const std::filesystem::path& path,
                                                               const contracts::Sampling& sampling,
                                                               const base::CancelToken* cancel,
                                                               const SharedFile* shared) {
  if (shared == nullptr) {
    auto container = Container::Open(path, sampling, cancel);
    if (!container) return std::unexpected(std::move(container.error()));
    return Open(std::move(*container));
  }
  const FileToRead file{.path = path, .stream = sampling.stream, .cancel = cancel};
  auto joined = shared->demuxer()->Join(Reader::kSound, file);
  if (!joined) return std::unexpected(std::move(joined.error()));
  if (joined->own != nullptr) return Open(std::move(joined->own));
  const SoundChoice& sound = joined->sound;
  if (sound.stream < 0) return nullptr;
  if (sound.codec == nullptr) return NoDecoder(sound, path);
  return Make(std::make_unique<StreamPackets>(shared->demuxer(), Reader::kSound, file,
                                              std::move(joined->facts)),
              *sound.codec);
}

base::Result<std::unique_ptr<AudioDecoder>> AudioDecoder::Make(
    std::unique_ptr<StreamPackets> packets, const AVCodec& codec) {
  std::unique_ptr<AudioDecoder> decoder(new AudioDecoder(std::move(packets)));
  if (auto opened = decoder->OpenCodec(codec); !opened)
    return std::unexpected(std::move(opened.error()));
  return decoder;
}

base::Status AudioDecoder::OpenCodec(const AVCodec& codec) {
  const LogCapture::Scope scope(source_->log());
  const std::string what = "its sound (" + codec_name() + ") cannot be decoded";
  codec_.reset(avcodec_alloc_context3(&codec));
  packet_.reset(av_packet_alloc());
  frame_.reset(av_frame_alloc());
  if (!codec_ || !packet_ || !frame_) return Fail(AVERROR(ENOMEM), what);
  int result = avcodec_parameters_to_context(codec_.get(), &source_->parameters());
  if (result < 0) return Fail(result, what);
  codec_->thread_count = 1;
  codec_->pkt_timebase = time_base();
  source_->log().Watch(codec_.get());
  result = avcodec_open2(codec_.get(), &codec, nullptr);
  if (result < 0) return Fail(result, what);
  return {};
}

base::Result<const AVFrame*> AudioDecoder::Next() {
  const LogCapture::Scope scope(source_->log());
  while (!at_end_) {
    if (source_->cancelled()) return Fail(AVERROR_EXIT, "decoding sound");
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
    const int result = source_->Read(*packet_);
    if (source_->cancelled()) return Fail(AVERROR_EXIT, "reading sound");
    if (result < 0 && source_->read_errno() != 0) return Fail(result, "reading sound");
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
    if (packet_->stream_index != source_->index()) continue;
    ++packets_;
    last_packet_damaged_ = (packet_->flags & AV_PKT_FLAG_CORRUPT) != 0;
    if (last_packet_damaged_) NoteError("the container has a damaged packet");
    return {};
  }
}

void AudioDecoder::NoteError(std::string_view reason) {
  ++errors_;
  if (!first_error_.empty()) return;
  first_error_ = source_->log().first_error();
  if (first_error_.empty()) first_error_ = reason;
}

}  // namespace reelbatch::media
