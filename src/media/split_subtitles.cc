#include "media/split_subtitles.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace reelbatch::media {
namespace {

constexpr int kMaxTextBytes = 64 * 1024;  // of one converted subtitle
constexpr double kMsPerS = 1000;

}  // namespace

base::Result<std::unique_ptr<SubtitleTrack>> SubtitleTrack::Open(Container& container,
                                                                 const SplitTrack& track) {
  const AVStream& source = *container.format()->streams[track.stream];
  std::unique_ptr<SubtitleTrack> made(new SubtitleTrack(container, source));
  made->parameters_.reset(avcodec_parameters_alloc());
  if (!made->parameters_) return container.Fail(AVERROR(ENOMEM), "subtitles");
  if (track.way == TrackWay::kText) {
    if (auto done = made->OpenCodecs(track.codec); !done) return std::unexpected(done.error());
  } else if (const int result = avcodec_parameters_copy(made->parameters_.get(), source.codecpar);
             result < 0) {
    return container.Fail(result, "subtitles");
  }
  return made;
}

base::Status SubtitleTrack::OpenCodecs(AVCodecID codec) {
  const AVCodec* decode = avcodec_find_decoder(source_->codecpar->codec_id);
  const AVCodec* encode = avcodec_find_encoder(codec);
  decoder_.reset(avcodec_alloc_context3(decode));
  encoder_.reset(avcodec_alloc_context3(encode));
  if (!decoder_ || !encoder_) return container_.Fail(AVERROR(ENOMEM), "subtitles");
  int result = avcodec_parameters_to_context(decoder_.get(), source_->codecpar);
  if (result < 0) return container_.Fail(result, "subtitles");
  decoder_->pkt_timebase = source_->time_base;
  container_.log().Watch(decoder_.get());
  if (result = avcodec_open2(decoder_.get(), decode, nullptr); result < 0)
    return container_.Fail(result, "subtitles cannot be decoded");
  if (decoder_->subtitle_header_size > 0) {
    // The styles, which the encoder owns from here on.
    const auto bytes = static_cast<size_t>(decoder_->subtitle_header_size);
    encoder_->subtitle_header = static_cast<uint8_t*>(av_mallocz(bytes + 1));
    if (encoder_->subtitle_header == nullptr) return container_.Fail(AVERROR(ENOMEM), "subtitles");
    std::memcpy(encoder_->subtitle_header, decoder_->subtitle_header, bytes);
    encoder_->subtitle_header_size = static_cast<int>(bytes);
  }
  encoder_->time_base = {1, 1000};
  encoder_->flags |= AV_CODEC_FLAG_BITEXACT;
  container_.log().Watch(encoder_.get());
  if (result = avcodec_open2(encoder_.get(), encode, nullptr); result < 0)
    return container_.Fail(result, "subtitles cannot be converted");
  result = avcodec_parameters_from_context(parameters_.get(), encoder_.get());
  if (result < 0) return container_.Fail(result, "subtitles cannot be converted");
  return {};
}

base::Result<AvPacket> SubtitleTrack::Convert(const AVPacket& packet, double& duration_s) {
  AvPacket made(av_packet_clone(&packet));
  if (!made) return container_.Fail(AVERROR(ENOMEM), "subtitles");
  if (!encoder_) return made;
  AVSubtitle subtitle{};
  int got = 0;
  if (avcodec_decode_subtitle2(decoder_.get(), &subtitle, &got, made.get()) < 0 || got == 0)
    return AvPacket();
  if (duration_s <= 0 && subtitle.end_display_time > subtitle.start_display_time &&
      subtitle.end_display_time != UINT32_MAX)
    duration_s = (subtitle.end_display_time - subtitle.start_display_time) / kMsPerS;
  std::vector<uint8_t> text(kMaxTextBytes);
  subtitle.end_display_time -= std::min(subtitle.start_display_time, subtitle.end_display_time);
  subtitle.start_display_time = 0;  // encoders take no other
  const int bytes = subtitle.num_rects == 0 ? 0
                                            : avcodec_encode_subtitle(encoder_.get(), text.data(),
                                                                      kMaxTextBytes, &subtitle);
  avsubtitle_free(&subtitle);
  if (bytes <= 0) return AvPacket();
  av_packet_unref(made.get());
  if (av_new_packet(made.get(), bytes) < 0) return container_.Fail(AVERROR(ENOMEM), "subtitles");
  std::memcpy(made->data, text.data(), static_cast<size_t>(bytes));
  made->flags |= AV_PKT_FLAG_KEY;
  return made;
}

base::Result<std::unique_ptr<SplitSubtitles>> SplitSubtitles::Open(
    const std::filesystem::path& path, const contracts::Sampling& sampling,
    const std::vector<SplitTrack>& tracks, const PacketTimes* times,
    const base::CancelToken* cancel) {
  std::unique_ptr<SplitSubtitles> made(new SplitSubtitles());
  made->times_ = times;
  for (const SplitTrack& track : tracks) {
    made->tracks_.emplace_back();
    if (track.type != AVMEDIA_TYPE_SUBTITLE) continue;
    if (!made->container_) {
      auto container = Container::Open(path, sampling, cancel);
      if (!container) return std::unexpected(container.error());
      made->container_ = std::move(*container);
      made->container_->stream()->discard = AVDISCARD_ALL;
    }
    made->container_->format()->streams[track.stream]->discard = AVDISCARD_DEFAULT;
    auto opened = SubtitleTrack::Open(*made->container_, track);
    if (!opened) return std::unexpected(opened.error());
    made->tracks_.back() = std::move(*opened);
  }
  if (!made->container_) return nullptr;
  return made;
}

base::Result<std::optional<Cue>> SplitSubtitles::Next() {
  const LogCapture::Scope scope(container_->log());
  const AvPacket packet(av_packet_alloc());
  if (!packet) return container_->Fail(AVERROR(ENOMEM), "subtitles");
  while (true) {
    av_packet_unref(packet.get());
    const int read = container_->ReadFrame(*packet);
    if (container_->file().cancelled()) return container_->Fail(AVERROR_EXIT, "reading");
    if (read < 0 && container_->file().read_errno() != 0) return container_->Fail(read, "reading");
    if (read < 0) return std::nullopt;  // what damage hides of the subtitles is left out
    for (size_t i = 0; i < tracks_.size(); ++i) {
      if (!tracks_[i] || tracks_[i]->source().index != packet->stream_index) continue;
      const int64_t at = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
      if (at == AV_NOPTS_VALUE) break;
      const AVRational tick = tracks_[i]->source().time_base;
      double duration_s = TicksToSeconds(std::max<int64_t>(packet->duration, 0), tick);
      auto made = tracks_[i]->Convert(*packet, duration_s);
      if (!made) return std::unexpected(made.error());
      if (!*made) break;
      const double stamped_s = TicksToSeconds(at, tick);
      const auto mended = [&] {
        return stamped_s + (times_ == nullptr ? 0 : times_->offset_s(epoch_));
      };
      while (times_ != nullptr && epoch_ + 1 < times_->epochs() && mended() < last_s_) ++epoch_;
      const double start_s = last_s_ = mended();
      return Cue{.track = i,
                 .start_s = start_s,
                 .end_s = start_s + duration_s,
                 .packet = std::move(*made)};
    }
  }
}

}  // namespace reelbatch::media
