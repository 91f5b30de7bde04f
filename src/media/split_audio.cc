#include "media/split_audio.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace reelbatch::media {
namespace {

// The rates of ISO/IEC 14496-3, table 1.18; others become 48 kHz.
constexpr std::array<int, 12> kAacRates{96000, 88200, 64000, 48000, 44100, 32000,
                                        24000, 22050, 16000, 12000, 11025, 8000};
constexpr int kFallbackRate = 48000;

// Timestamps that stray less are rounding (mkv keeps milliseconds) or jitter of the recorder: the
// samples themselves are the better clock. Beyond it, sound would be heard out of step. Source: EBU
// R37, +40 ms.
constexpr double kJumpSeconds = 0.04;

/// AAC has standard layouts of 1..6 and 8 channels; what else there is becomes stereo.
void ChooseLayout(int channels, AVChannelLayout& layout) {
  const bool standard = channels >= 1 && channels <= 8 && channels != 7;
  av_channel_layout_default(&layout, standard ? channels : 2);
}

}  // namespace

base::Result<std::unique_ptr<AudioReader>> AudioReader::Open(const std::filesystem::path& path,
                                                             const contracts::Sampling& sampling,
                                                             const base::CancelToken* cancel) {
  auto container = Container::Open(path, sampling, cancel);
  if (!container) return std::unexpected(container.error());
  const AVCodec* codec = nullptr;
  AVFormatContext* format = (*container)->format();
  const int index =
      av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, (*container)->stream()->index, &codec, 0);
  if (index < 0 || codec == nullptr) return nullptr;
  std::unique_ptr<AudioReader> reader(new AudioReader());
  reader->container_ = std::move(*container);
  reader->stream_ = format->streams[index];
  reader->container_->stream()->discard = AVDISCARD_ALL;
  reader->stream_->discard = AVDISCARD_DEFAULT;
  const AVCodecParameters& parameters = *reader->stream_->codecpar;
  if (parameters.ch_layout.nb_channels < 1 || parameters.sample_rate < 1) return nullptr;
  const bool known = std::ranges::find(kAacRates, parameters.sample_rate) != kAacRates.end();
  reader->rate_ = known ? parameters.sample_rate : kFallbackRate;
  ChooseLayout(parameters.ch_layout.nb_channels, reader->layout_.value);
  if (auto opened = reader->OpenDecoder(*codec); !opened) {
    if (opened.error().code == base::Code::kOutOfMemory) return std::unexpected(opened.error());
    return nullptr;
  }
  return reader;
}

base::Status AudioReader::OpenDecoder(const AVCodec& codec) {
  decoded_.reset(av_frame_alloc());
  converted_.reset(av_frame_alloc());
  packet_.reset(av_packet_alloc());
  decoder_.reset(avcodec_alloc_context3(&codec));
  if (!decoded_ || !converted_ || !packet_ || !decoder_) {
    return container_->Fail(AVERROR(ENOMEM), "decoding sound");
  }
  int result = avcodec_parameters_to_context(decoder_.get(), stream_->codecpar);
  if (result < 0) return container_->Fail(result, "decoding sound");
  decoder_->thread_count = 1;
  decoder_->pkt_timebase = stream_->time_base;
  container_->log().Watch(decoder_.get());
  result = avcodec_open2(decoder_.get(), &codec, nullptr);
  if (result < 0) return container_->Fail(result, "decoding sound");
  return {};
}

base::Status AudioReader::Configure(const AVFrame& frame) {
  if (resampler_ && frame.sample_rate == source_rate_ && frame.format == source_format_ &&
      av_channel_layout_compare(&frame.ch_layout, &source_layout_.value) == 0) {
    return {};
  }
  SwrContext* made = nullptr;
  int result = av_channel_layout_copy(&source_layout_.value, &frame.ch_layout);
  if (result >= 0) {
    result = swr_alloc_set_opts2(&made, &layout_.value, AV_SAMPLE_FMT_FLTP, rate_,
                                 &source_layout_.value, static_cast<AVSampleFormat>(frame.format),
                                 frame.sample_rate, 0, nullptr);
  }
  resampler_.reset(made);
  if (result >= 0) result = swr_init(made);
  if (result < 0) return container_->Fail(result, "converting sound");
  source_rate_ = frame.sample_rate;
  source_format_ = frame.format;
  return {};
}

base::Result<AudioReader::Run> AudioReader::Convert(const AVFrame& frame) {
  if (auto ready = Configure(frame); !ready) return std::unexpected(ready.error());
  av_frame_unref(converted_.get());
  converted_->format = AV_SAMPLE_FMT_FLTP;
  converted_->sample_rate = rate_;
  int result = av_channel_layout_copy(&converted_->ch_layout, &layout_.value);
  if (result >= 0) result = swr_convert_frame(resampler_.get(), converted_.get(), &frame);
  if (result < 0) return container_->Fail(result, "converting sound");
  if (frame.best_effort_timestamp != AV_NOPTS_VALUE) {
    const double seconds = TicksToSeconds(frame.best_effort_timestamp, stream_->time_base);
    const int64_t stamped = std::llround(seconds * rate_);
    if (!started_ || std::llabs(stamped - next_position_) > std::llround(kJumpSeconds * rate_)) {
      next_position_ = stamped;
    }
  }
  started_ = true;
  const Run run{.position = next_position_,
                .samples = converted_->nb_samples,
                .planes = converted_->extended_data};
  next_position_ += run.samples;
  return run;
}

base::Status AudioReader::Feed() {
  const LogCapture::Scope scope(container_->log());
  while (true) {
    if (container_->file().cancelled()) return container_->Fail(AVERROR_EXIT, "reading sound");
    av_packet_unref(packet_.get());
    const int read = av_read_frame(container_->format(), packet_.get());
    if (read < 0 && container_->file().read_errno() != 0) {
      return container_->Fail(read, "reading sound");
    }
    if (read < 0) {  // the end, or damage that the demuxer cannot pass
      fed_all_ = true;
      avcodec_send_packet(decoder_.get(), nullptr);
      return {};
    }
    if (packet_->stream_index != stream_->index) continue;
    // What the decoder refuses is a damaged packet; the sound goes on after it.
    if (avcodec_send_packet(decoder_.get(), packet_.get()) >= 0) return {};
  }
}

base::Result<AudioReader::Run> AudioReader::Next() {
  while (true) {
    const int received = avcodec_receive_frame(decoder_.get(), decoded_.get());
    if (received == AVERROR_EOF || (received < 0 && fed_all_)) return Run{};
    if (received < 0) {
      if (auto fed = Feed(); !fed) return std::unexpected(fed.error());
      continue;
    }
    auto run = Convert(*decoded_);
    if (!run || run->samples > 0) return run;
  }
}

}  // namespace reelbatch::media
