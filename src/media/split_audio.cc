#include "media/split_audio.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

#include "media/audio_reader.h"

namespace reelbatch::media {
namespace {

// The rates of ISO/IEC 14496-3, table 1.18; others become 48 kHz.
constexpr std::array<int, 12> kAacRates{96000, 88200, 64000, 48000, 44100, 32000,
                                        24000, 22050, 16000, 12000, 11025, 8000};
constexpr int kFallbackRate = 48000;

/// AAC has standard layouts of 1..6 and 8 channels; what else there is becomes stereo.
void ChooseLayout(int channels, AVChannelLayout& layout) {
  const bool standard = channels >= 1 && channels <= 8 && channels != 7;
  av_channel_layout_default(&layout, standard ? channels : 2);
}

// FFmpeg knows how to mix down so many channels.
constexpr int kMostMixed = 8;

/// Channels without a known place: every other one to the left, the rest to the right.
int MixByTurns(SwrContext& resampler, int channels) {
  std::vector<double> matrix(2 * static_cast<size_t>(channels));
  const size_t left = (static_cast<size_t>(channels) + 1) / 2;
  for (size_t i = 0; i < static_cast<size_t>(channels); ++i) {
    const bool right = i % 2 == 1;
    const size_t among = right ? static_cast<size_t>(channels) - left : left;
    matrix[(right ? static_cast<size_t>(channels) : 0) + i] = 1.0 / static_cast<double>(among);
  }
  return swr_set_matrix(&resampler, matrix.data(), channels);
}

}  // namespace

base::Result<std::unique_ptr<SplitAudio>> SplitAudio::Open(const std::filesystem::path& path,
                                                           const contracts::Sampling& sampling,
                                                           int stream, const PacketTimes* times,
                                                           const base::CancelToken* cancel) {
  auto container = Container::Open(path, sampling, cancel);
  if (!container) return std::unexpected(container.error());
  auto decoder = AudioDecoder::Open(std::move(*container), stream);
  if (!decoder && decoder.error().code == base::Code::kOutOfMemory)
    return std::unexpected(decoder.error());
  if (!decoder || *decoder == nullptr) return nullptr;
  const AVCodecParameters& parameters = (*decoder)->source().parameters();
  if (parameters.ch_layout.nb_channels < 1 || parameters.sample_rate < 1) return nullptr;
  std::unique_ptr<SplitAudio> reader(new SplitAudio());
  const bool known = std::ranges::find(kAacRates, parameters.sample_rate) != kAacRates.end();
  reader->times_ = times;
  reader->rate_ = known ? parameters.sample_rate : kFallbackRate;
  ChooseLayout(parameters.ch_layout.nb_channels, reader->layout_.value);
  reader->decoder_ = std::move(*decoder);
  reader->converted_.reset(av_frame_alloc());
  if (!reader->converted_) return reader->decoder_->Fail(AVERROR(ENOMEM), "decoding sound");
  return reader;
}

base::Status SplitAudio::Configure(const AVFrame& frame) {
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
  if (result >= 0 && frame.ch_layout.nb_channels > kMostMixed)
    result = MixByTurns(*made, frame.ch_layout.nb_channels);
  if (result >= 0) result = swr_init(made);
  if (result < 0) return decoder_->Fail(result, "converting sound");
  source_rate_ = frame.sample_rate;
  source_format_ = frame.format;
  return {};
}

base::Result<const AVFrame*> SplitAudio::WithLayout(const AVFrame& frame) {
  if (frame.ch_layout.order != AV_CHANNEL_ORDER_UNSPEC) return &frame;
  // The converter takes a usual layout for it, and then calls the same frame another one.
  ordered_.reset(av_frame_clone(&frame));
  if (!ordered_) return decoder_->Fail(AVERROR(ENOMEM), "converting sound");
  const int channels = frame.ch_layout.nb_channels;
  av_channel_layout_uninit(&ordered_->ch_layout);
  av_channel_layout_default(&ordered_->ch_layout, channels);
  return ordered_.get();
}

base::Result<SplitAudio::Run> SplitAudio::Convert(const AVFrame& decoded) {
  const auto ordered = WithLayout(decoded);
  if (!ordered) return std::unexpected(ordered.error());
  const AVFrame& frame = **ordered;
  if (auto ready = Configure(frame); !ready) return std::unexpected(ready.error());
  av_frame_unref(converted_.get());
  converted_->format = AV_SAMPLE_FMT_FLTP;
  converted_->sample_rate = rate_;
  int result = av_channel_layout_copy(&converted_->ch_layout, &layout_.value);
  if (result >= 0) result = swr_convert_frame(resampler_.get(), converted_.get(), &frame);
  if (result < 0) return decoder_->Fail(result, "converting sound");
  if (frame.best_effort_timestamp != AV_NOPTS_VALUE) {
    double seconds = TicksToSeconds(frame.best_effort_timestamp, decoder_->time_base());
    if (times_ != nullptr && started_) {
      epoch_ = times_->EpochNear(seconds, static_cast<double>(next_position_) / rate_, epoch_);
      seconds += times_->offset_s(epoch_);
    }
    const int64_t stamped = std::llround(seconds * rate_);
    if (!started_ ||
        std::llabs(stamped - next_position_) > std::llround(kAudioJitterSeconds * rate_)) {
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

base::Result<SplitAudio::Run> SplitAudio::Next() {
  while (true) {
    const auto decoded = decoder_->Next();
    if (!decoded) return std::unexpected(decoded.error());
    if (*decoded == nullptr) return Run{};
    auto run = Convert(**decoded);
    if (!run || run->samples > 0) return run;
  }
}

}  // namespace reelbatch::media
