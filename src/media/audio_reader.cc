#include "media/audio_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>
#include <utility>
#include <vector>

#include "base/picture_files.h"
#include "media/audio_decoder.h"
#include "media/mono_resampler.h"
#include "media/stream_end.h"

namespace reelbatch::media {
namespace {

// A PTS that lies further back is a clock that was set anew, not sound that came twice.
constexpr double kMaxOverlapSeconds = 1;
// One that lies further behind the container's own end, or ahead where the container does not know
// its end, likewise.
constexpr double kBehindEndSeconds = 10;
constexpr double kMaxGapSeconds = 3600;

/// Samples [first, end) are in the range, counted from the first PTS.
struct Range {
  int64_t first = 0;
  int64_t end = std::numeric_limits<int64_t>::max();
};

/// Note [Where a sample is in time]: the timeline of delivered samples begins at base_s_, the first
/// PTS. Sound is resampled in stretches; within one, time is counted in samples of the source, so
/// that no rounding adds up. A gap, or sound of another rate or layout, ends a stretch: what the
/// resampler keeps back comes out, silence fills up to the PTS, and a new stretch begins where that
/// ends.
class AudioReader final : public AudioSource {
 public:
  AudioReader(std::unique_ptr<AudioDecoder> decoder, const AudioOptions& options)
      : decoder_(std::move(decoder)),
        options_(options),
        resampler_(options.rate),
        video_start_s_(decoder_->source().info().start_time_s),
        player_start_s_(decoder_->source().info().player_start_s),
        base_s_(video_start_s_) {
    const AVCodecParameters& coded = decoder_->source().parameters();
    report_.codec = decoder_->codec_name();
    report_.stream_index = decoder_->source().index();
    report_.channels = coded.ch_layout.nb_channels;
    report_.source_rate = coded.sample_rate;
    report_.rate = options.rate;
    if (const auto end_s = decoder_->source().said_end_s()) last_s_ = *end_s + kBehindEndSeconds;
  }

  const contracts::AudioReport& report() const override { return report_; }
  double position_s() const override { return base_s_ + Seconds(made_); }

  base::Result<AudioBlock> Next() override try {
    const LogCapture::Scope scope(unread_log_);
    while (true) {
      const AudioBlock block = Show();
      if (!block.samples.empty()) return block;
      if (made_ >= range_.end || (ended_ && silence_ == 0)) return Finish();
      if (silence_ > 0) {
        out_.assign(static_cast<size_t>(std::min<int64_t>(silence_, options_.rate)), 0.0F);
        silence_ -= static_cast<int64_t>(out_.size());
        continue;
      }
      if (auto done = placed_ != nullptr ? Resample() : Take(); !done)
        return std::unexpected(std::move(done.error()));
    }
  } catch (const std::bad_alloc&) {
    return base::Fail(base::Code::kOutOfMemory, "there is not enough memory for the sound",
                      decoder_->path().string());
  }

 private:
  double Seconds(int64_t samples) const { return static_cast<double>(samples) / options_.rate; }

  /// What of out_ lies in the range; counts all of it.
  AudioBlock Show() {
    shown_.swap(out_);
    out_.clear();
    const auto size = static_cast<int64_t>(shown_.size());
    const int64_t first = std::clamp(range_.first - made_, int64_t{0}, size);
    const int64_t end = std::clamp(range_.end - made_, first, size);
    made_ += size;
    const std::span<float> samples =
        std::span(shown_).subspan(static_cast<size_t>(first), static_cast<size_t>(end - first));
    for (float& sample : samples) {
      if (std::isfinite(sample)) continue;
      sample = 0;
      ++report_.bad_samples;
    }
    const AudioBlock block{.samples = samples, .first_sample = report_.samples};
    report_.samples += end - first;
    return block;
  }

  /// The next frame, with its place in time.
  base::Status Take() {
    const auto decoded = decoder_->Next();
    if (!decoded) return std::unexpected(decoded.error());
    if (*decoded == nullptr) {
      ended_ = true;
      return Drain();
    }
    if (options_.on_decoded) options_.on_decoded();
    const AVFrame& frame = **decoded;
    if (frame.nb_samples <= 0 || frame.sample_rate <= 0 || frame.ch_layout.nb_channels <= 0)
      return {};
    if (!started_) Start(frame);
    placed_ = &frame;
    skip_ = 0;
    const double drift_s = DriftOf(frame);
    if (drift_s < -kAudioJitterSeconds) {
      LeaveOut(frame, -drift_s);
    } else if (drift_s > kAudioJitterSeconds) {
      if (auto drained = Drain(); !drained) return drained;
      const int64_t there = made_ + static_cast<int64_t>(out_.size());
      silence_ = std::max<int64_t>(
          0, std::llround((expected_s_ + drift_s - base_s_) * options_.rate) - there);
      ++report_.gaps;
      report_.gap_samples += silence_;
    }
    overlaps_ = placed_ == nullptr;
    if (placed_ != nullptr && !resampler_.Fits(frame)) return Drain();
    return {};
  }

  /// The clock begins with the first frame.
  void Start(const AVFrame& frame) {
    started_ = true;
    if (frame.best_effort_timestamp != AV_NOPTS_VALUE)
      base_s_ = TicksToSeconds(frame.best_effort_timestamp, decoder_->time_base());
    const auto sample_at = [this](double range_s) {
      constexpr double kTolerance = 1e-6;  // as FrameSampler's
      const double samples = (player_start_s_ + range_s - kTolerance - base_s_) * options_.rate;
      return static_cast<int64_t>(std::clamp(std::ceil(samples), 0.0, 1e15));
    };
    if (options_.sampling.start_s) range_.first = sample_at(*options_.sampling.start_s);
    if (options_.sampling.end_s)
      range_.end = std::max(range_.first, sample_at(*options_.sampling.end_s));
    report_.offset_s = base_s_ - video_start_s_;
  }

  /// How much later `frame` is by its PTS than by what came before; 0 where the PTS is not to be
  /// believed.
  double DriftOf(const AVFrame& frame) {
    expected_s_ = base_s_ + Seconds(stretch_);
    if (resampler_.taken() > 0)
      expected_s_ += static_cast<double>(resampler_.taken()) / resampler_.source_rate();
    if (frame.best_effort_timestamp == AV_NOPTS_VALUE) return 0;
    const double own_s = TicksToSeconds(frame.best_effort_timestamp, decoder_->time_base());
    latest_s_ =
        std::max(latest_s_, own_s + static_cast<double>(frame.nb_samples) / frame.sample_rate);
    const double pts_s = own_s - clock_shift_s_;
    const double drift_s = pts_s - expected_s_;
    const bool believed = drift_s >= -kMaxOverlapSeconds && drift_s <= kMaxGapSeconds &&
                          (drift_s <= kAudioJitterSeconds || pts_s <= last_s_);
    if (believed) return drift_s;
    clock_shift_s_ += drift_s;
    NoteError(fmt::format("its clock jumps by {:.3f} s", drift_s));
    return 0;
  }

  /// The first `seconds` of `frame`, which have come already.
  void LeaveOut(const AVFrame& frame, double seconds) {
    const double samples =
        std::min<double>(frame.nb_samples, std::round(seconds * frame.sample_rate));
    skip_ = static_cast<int>(samples);
    report_.overlaps += overlaps_ ? 0 : 1;
    report_.overlap_samples += std::llround(samples / frame.sample_rate * options_.rate);
    if (skip_ == frame.nb_samples) placed_ = nullptr;
  }

  base::Status Resample() {
    const AVFrame& frame = *std::exchange(placed_, nullptr);
    int result = 0;
    if (!resampler_.Fits(frame)) {
      stretch_ = made_;
      result = resampler_.Begin(frame);
    }
    if (result >= 0) result = resampler_.Add(frame, skip_, out_);
    return Checked(result);
  }

  /// Ends the stretch.
  base::Status Drain() {
    const int result = resampler_.Drain(out_);
    stretch_ = made_ + static_cast<int64_t>(out_.size());
    return Checked(result);
  }

  /// Sound that cannot be converted is damage like any other.
  base::Status Checked(int result) {
    if (result >= 0) return {};
    if (result == AVERROR(ENOMEM)) return decoder_->Fail(result, "converting sound");
    NoteError(fmt::format("{} channels at {} Hz cannot be converted: {}", report_.channels,
                          report_.source_rate, AvErrorText(result)));
    return {};
  }

  void NoteError(std::string what) {
    ++errors_;
    if (first_error_.empty()) first_error_ = std::move(what);
  }

  base::Result<AudioBlock> Finish() {
    const std::string& said = decoder_->first_error();
    report_.decode_errors = decoder_->errors() + errors_;
    report_.first_error = said.empty() ? first_error_ : said;
    report_.start_s = base_s_ + Seconds(range_.first);
    report_.truncated = ended_ && (decoder_->ended_by_damage() || EndsEarly());
    if (made_ == 0 && report_.decode_errors > 0) {
      return base::Fail(base::Code::kCorrupt,
                        fmt::format("its sound ({}) cannot be decoded: {}; copy the file again, or "
                                    "remove the components that use sound",
                                    report_.codec, report_.first_error),
                        decoder_->path().string());
    }
    return AudioBlock{.samples = {}, .first_sample = report_.samples};
  }

  /// By the sound's own word alone (Note [What a container says of a stream's end]).
  bool EndsEarly() {
    constexpr double kMinMissingS = 0.5;  // as of video
    constexpr double kMinMissingShare = 0.02;
    const AVStream& stream = decoder_->source().stream();
    const std::optional<double> own_end_s =
        decoder_->source().With([&](Container& container) -> std::optional<double> {
          const AVFormatContext& format = *container.format();
          const bool complete =
              CountsSamples(format, stream) && decoder_->packets() >= stream.nb_frames;
          return complete ? std::nullopt : OwnEnd(format, stream);
        });
    if (!own_end_s) return false;
    const double end_s = std::max(base_s_ + Seconds(made_), latest_s_);
    return *own_end_s - end_s > std::max(kMinMissingS, kMinMissingShare * Seconds(made_));
  }

  std::unique_ptr<AudioDecoder> decoder_;
  const AudioOptions options_;
  LogCapture unread_log_;  // of resampling
  contracts::AudioReport report_;
  MonoResampler resampler_;
  const double video_start_s_;
  const double player_start_s_;
  double base_s_;  // container PTS of the timeline's first sample
  double last_s_ = std::numeric_limits<double>::infinity();  // later PTS are not believed
  double latest_s_ =
      -std::numeric_limits<double>::infinity();  // end of sound by the PTS as they are
  double clock_shift_s_ = 0;  // by which PTS are off since the clock was set anew
  double expected_s_ = 0;     // of the frame in hand, by what came before
  Range range_;
  int64_t made_ = 0;                 // samples of the timeline so far, also those outside the range
  int64_t stretch_ = 0;              // of these, when the stretch began
  int64_t silence_ = 0;              // that comes before placed_
  const AVFrame* placed_ = nullptr;  // not resampled yet
  int skip_ = 0;                     // of its samples
  bool overlaps_ = false;            // the last frame was left out whole
  std::vector<float> out_;           // not shown yet
  std::vector<float> shown_;
  int64_t errors_ = 0;  // beside the decoder's
  std::string first_error_;
  bool started_ = false;
  bool ended_ = false;
};

}  // namespace

base::Result<std::unique_ptr<AudioSource>> OpenAudio(const std::filesystem::path& path,
                                                     const AudioOptions& options) {
  if (base::NamesPictures(path)) return nullptr;
  auto decoder = AudioDecoder::Open(path, options.sampling, options.cancel, options.shared.get());
  if (!decoder) return std::unexpected(std::move(decoder.error()));
  if (*decoder == nullptr) return nullptr;
  return std::make_unique<AudioReader>(std::move(*decoder), options);
}

}  // namespace reelbatch::media
