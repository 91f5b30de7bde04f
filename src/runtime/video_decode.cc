#include "runtime/video_decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "media/shared_file.h"
#include "runtime/audio_feed.h"
#include "runtime/conclusion.h"
#include "runtime/cost_log.h"
#include "runtime/decode_feed.h"
#include "runtime/fault.h"
#include "runtime/frame_shares.h"
#include "runtime/measured_feed.h"
#include "runtime/range_feed.h"
#include "runtime/read_ahead.h"

namespace reelbatch::runtime {
namespace {

using Verdict = VideoWatch::Verdict;

/// How one pass over a video decodes it.
struct Way {
  int decoder_threads = 1;
  int range_workers = 0;  // more than one: in ranges
};

/// One pass over one video.
class Attempt {
 public:
  Attempt(const PassContext& context, Video& video, Way way)
      : context_(context), video_(video), watch_(video.watch), way_(way) {}

  Decoded Walk() {
    Lease& permit = std::get<Decoding>(video_.state).permit;
    while (true) {
      if (!context_.permits.Acquire(1)) return RunStops();
      permit = Lease([&permits = context_.permits] { permits.Release(1); });
      watch_.Enter(feed_ ? Stage::kDecode : Stage::kOpen);
      const base::Result<bool> ended = feed_ ? Slice() : Open();
      if (!ended || *ended) EndFeed();
      const Verdict verdict = Leave();
      if (verdict == Verdict::kGivenUp) return LaneLost();
      permit.Reset();
      if (verdict == Verdict::kRunStops) return RunStops();
      if (verdict == Verdict::kStuck) return WasStuck();
      if (!ended) return Failed(ended.error());
      if (*ended) return Done();
    }
  }

 private:
  /// A stopped video's decoder may still be in a call; it is waited for inside the watched stretch.
  Verdict Leave() {
    const Verdict verdict = watch_.Leave();
    if (!feed_ || (verdict != Verdict::kRunStops && verdict != Verdict::kStuck)) return verdict;
    watch_.Enter(Stage::kDecode);
    feed_.reset();
    return watch_.Leave();
  }

  /// Inside the watched stretch, because decoders that work ahead may hang.
  void EndFeed() {
    if (!feed_) return;
    if (blame_ == Blame::kVideo) refused_size_ = feed_->refused_size();
    watch_.Beat(Stage::kDecode);
    feed_.reset();
  }

  /// True: the video has ended. What a stopped call returns is looked at by nobody: Leave() knows
  /// better.
  base::Result<bool> Open() {
    if (auto made = MakeComponents(context_.info); !made) return made;
    auto feed = Guarded([&] { return OpenFeed(); });
    if (!feed) return std::unexpected(std::move(feed.error()));
    if (!watch_.Beat(Stage::kComponent)) return true;
    feed_ = std::move(*feed);
    const contracts::VideoInfo& info = feed_->info();
    outcome_.info = info;
    // After a second admission the probe's size here is that of a later frame; components are
    // chosen by the file's header.
    if (info.width != context_.info.width || info.height != context_.info.height) {
      if (auto made = MakeComponents(info); !made) return made;
    }
    for (const auto& component : components_) {
      base::Status opened = Guarded([&] { return component->Open(info); });
      if (!opened) return OfComponent(component->name(), opened.error());
    }
    auto units = context_.units.OpenUnits(video_.input, components_, PusherOf(video_));
    if (!units) return OfComponent("components", units.error());
    units_ = std::move(*units);
    if (auto started = Guarded([&] { return feed_->Start(components_); }); !started) {
      return OfComponent("components", started.error());
    }
    sound_.emplace(
        components_, [this](const media::AudioOptions& options) { return OpenSound(options); },
        media::AudioOptions{
            .sampling = context_.sampling, .cancel = &watch_.token(), .shared = shared_file_},
        watch_, costs_,
        [this](size_t component, const contracts::Fault& fault) {
          FailComponent(component, fault);
        });
    return false;
  }

  base::Result<bool> MakeComponents(const contracts::VideoInfo& info) {
    auto components = Guarded([&]() -> base::Result<Components> {
      return context_.dependencies.make_components(
          {.info = info, .fast = context_.fast, .earlier = context_.earlier});
    });
    if (!components) return OfComponent("components", components.error());
    components_ = std::move(*components);
    std::erase_if(components_, [this](const auto& component) {
      const std::vector<std::string>& done = context_.earlier.done;
      return std::ranges::find(done, component->name()) != done.end();
    });
    for (const auto& [name, fault] : context_.earlier.faults) SetFault(name, fault, outcome_);
    std::erase_if(components_, [this](const auto& component) {
      return outcome_.component_faults.contains(component->name());
    });
    const bool none_runs = components_.empty() && context_.earlier.faults.empty();
    Share();
    frames_wanted_ = none_runs || std::ranges::any_of(components_, [](const auto& it) {
                       return it->looks_at_frames();
                     });
    return false;
  }

  /// Which frames each of the components looks at.
  void Share() {
    std::vector<std::optional<media::FrameRequest>> wanted;
    for (const auto& component : components_) {
      wanted.emplace_back();
      if (component->looks_at_frames())
        wanted.back() =
            RequestOf(context_.dependencies.frames, component->name(), context_.sampling);
    }
    shares_ = ShareFrames(wanted);
    if (shares_.requests.empty()) shares_.requests.push_back({.sampling = context_.sampling});
    frames_of_.assign(components_.size(), 0);
  }

  base::Result<std::unique_ptr<MeasuredFeed>> OpenFeed() {
    if (!frames_wanted_) return MakeFramelessFeed(context_.info);
    return way_.range_workers > 1 ? OpenRanges() : OpenWhole();
  }

  base::Result<std::unique_ptr<media::AudioSource>> OpenSound(const media::AudioOptions& options) {
    const auto& open = context_.dependencies.open_audio;
    if (!open) return base::Fail(base::Code::kInternal, "this run cannot open sound");
    return open(video_.input.path, options);
  }

  void FailComponent(size_t component, const contracts::Fault& fault) {
    SetFault(std::string(components_[component]->name()), fault, outcome_);
    if (units_[component]) context_.units.FailUnits(*units_[component], fault);
  }

  base::Result<std::unique_ptr<MeasuredFeed>> OpenWhole() {
    media::ReaderOptions options =
        ReaderOptionsOf(context_, watch_, way_.decoder_threads, shares_.requests);
    const bool heard = std::ranges::any_of(
        components_, [](const auto& component) { return component->audio() != nullptr; });
    if (heard) shared_file_ = std::make_shared<media::SharedFile>();
    options.shared = shared_file_;
    auto source = context_.dependencies.open(video_.input.path, options);
    if (!source) return std::unexpected(std::move(source.error()));
    if (way_.decoder_threads > 1) costs_.DecodingUnknown();  // FFmpeg's own threads
    source = Metered(std::move(*source), costs_);
    if (FramesKept(way_.decoder_threads) > 0) source = ReadAhead(std::move(*source));
    return MakeDecodeFeed(std::move(*source), shares_, watch_, costs_);
  }

  base::Result<std::unique_ptr<MeasuredFeed>> OpenRanges() {
    const media::ReaderOptions options = ReaderOptionsOf(context_, watch_, 1, shares_.requests);
    const auto plan = context_.dependencies.plan_ranges(video_.input.path, options, kRangeSeconds);
    if (!plan) return std::unexpected(plan.error());
    if (plan->ranges.size() < 2) {
      return base::Fail(base::Code::kUnavailable, "has too few keyframes to be decoded in ranges");
    }
    const auto open = [open = context_.dependencies.open_range, path = video_.input.path, options] {
      return open(path, options);
    };
    const int workers = std::min(way_.range_workers, static_cast<int>(plan->ranges.size()));
    return MakeRangeFeed(*plan, {.open = open, .workers = workers, .costs = &costs_});
  }

  base::Result<bool> Slice() {
    if (auto stops = FrameSlice(); !stops || *stops) return stops;
    const double until_s = frames_ended_ ? std::numeric_limits<double>::infinity()
                                         : feed_->info().start_time_s + feed_->position_s();
    const bool heard = sound_->ended();
    if (!sound_->Advance(until_s)) return true;
    if (sound_->ended() && !heard) EndUnitsOfSound();
    return frames_ended_ && sound_->ended() ? Close() : base::Result<bool>(false);
  }

  /// Batches need not wait any longer for those who only listen.
  void EndUnitsOfSound() {
    for (size_t k = 0; k < components_.size(); ++k) {
      if (units_[k] && !components_[k]->looks_at_frames())
        context_.units.CloseUnits(*units_[k], components::UnitsFrom::kSource);
    }
  }

  /// True: the video has to stop.
  base::Result<bool> FrameSlice() {
    for (int i = 0; i < kFramesPerSlice && !frames_ended_; ++i) {
      if (!watch_.Beat(Stage::kDecode)) return true;
      auto frame = Guarded([&] { return feed_->Next(); });
      if (!frame) {
        const std::optional<size_t> failed = feed_->failed_component();
        if (failed) return OfComponent(components_[*failed]->name(), frame.error());
        return std::unexpected(std::move(frame.error()));
      }
      if (*frame == nullptr) {
        frames_ended_ = true;
        break;
      }
      MeasuredFrame& measured = **frame;
      if (!watch_.BeatFrame(measured.stamp.index, feed_->position_s())) return true;
      for (size_t k = 0; k < components_.size(); ++k) {
        if (!measured.taken[k]) continue;
        ++frames_of_[k];
        watch_.Beat(Stage::kComponent);
        base::Status taken = costs_.Of(k, [&] {
          return Guarded(
              [&] { return components_[k]->Take(measured.stamp, *measured.measures[k]); });
        });
        if (!taken) return OfComponent(components_[k]->name(), taken.error());
      }
    }
    return false;
  }

  base::Result<bool> Close() {
    const contracts::DecodeReport& report = feed_->report();
    outcome_.decode = report;
    if (auto reached = CheckStartReached(report); !reached)
      return std::unexpected(std::move(reached.error()));
    // Those that close take from these as if their components had run beside them.
    outcome_.results.insert(context_.earlier.results.begin(), context_.earlier.results.end());
    for (size_t k = 0; k < components_.size(); ++k) {
      if (!watch_.Beat(Stage::kComponent)) return true;
      if (outcome_.component_faults.contains(components_[k]->name())) continue;
      base::Status closed = costs_.Of(
          k, [&] { return Guarded([&] { return components_[k]->Close(report, outcome_); }); });
      if (!closed) return OfComponent(components_[k]->name(), closed.error());
    }
    for (size_t k = 0; k < components_.size() && !ConcludesLater(); ++k) {
      base::Status concluded = Guarded([&] { return components_[k]->Conclude(outcome_); });
      if (!concluded) return OfComponent(components_[k]->name(), concluded.error());
    }
    TellCosts(report);
    return true;
  }

  /// Units or a second pass are still to come, or components have failed.
  bool ConcludesLater() const {
    return !outcome_.component_faults.empty() ||
           std::ranges::any_of(units_, [](const auto& units) { return units != nullptr; }) ||
           std::ranges::any_of(
               components_, [](const auto& component) { return component->seeking() != nullptr; });
  }

  void TellCosts(const contracts::DecodeReport& report) {
    if (frames_wanted_) {
      outcome_.costs.push_back({.component = "decode",
                                .part = outcome_.info ? outcome_.info->codec : "",
                                .units = report.frames_decoded,
                                .cpu = costs_.OfDecoding()});
    }
    const auto& sound = sound_->report();
    if (sound) {
      outcome_.costs.push_back({.component = "decode",
                                .part = sound->codec,
                                .units = sound->samples,
                                .cpu = costs_.OfListening()});
    }
    const int64_t samples = sound ? sound->samples : 0;
    for (size_t k = 0; k < components_.size(); ++k) {
      outcome_.costs.push_back({.component = std::string(components_[k]->name()),
                                .units = components_[k]->looks_at_frames()
                                             ? std::max<int64_t>(0, frames_of_[k] - 1)
                                             : samples,
                                .cpu = costs_.OfComponent(k)});
    }
  }

  /// A range behind the last frame is a wish that this video cannot meet, not a short video.
  base::Status CheckStartReached(const contracts::DecodeReport& report) const {
    const double start_s = context_.sampling.start_s.value_or(0);
    const bool nothing = frames_wanted_ ? report.frames_decoded == 0 : !feed_->info().duration_s;
    if (watch_.frames() > 0 || nothing) return {};
    // The range counts from where players do, everything else here from the first frame.
    const double late_s = feed_->info().start_time_s - feed_->info().player_start_s;
    const double last_s = feed_->position_s();
    const double end_s =
        report.truncated ? last_s : std::max(last_s, feed_->info().duration_s.value_or(0));
    if (start_s < late_s + end_s) return {};
    return base::Fail(
        base::Code::kInvalidArgument,
        fmt::format("the range starts at {} s (--start), which is at or after its end ({:.1f} s)",
                    start_s, late_s + end_s));
  }

  base::Result<bool> OfComponent(std::string_view name, const base::Error& error) {
    blame_ = Blame::kComponent;
    return base::Fail(error.code, error.Text(), std::string(name));
  }

  Decoded Failed(const base::Error& error) {
    outcome_.status = contracts::VideoStatus::kError;
    outcome_.fault = FaultOf(error, blame_);
    outcome_.component_faults.clear();
    outcome_.results.clear();
    if (refused_size_) return TooLarge{.size = *refused_size_, .outcome = std::move(outcome_)};
    return DecodedVideo{.outcome = std::move(outcome_)};
  }

  /// Components with nothing to say. Where that is all of them, the video is empty.
  void NoteEmpty() {
    const bool too_short = frames_wanted_ && watch_.frames() < 2;
    auto& empty = outcome_.component_empty;
    for (size_t k = 0; k < components_.size(); ++k) {
      const auto& component = components_[k];
      const std::string name(component->name());
      if (outcome_.component_faults.contains(name)) continue;
      if (component->looks_at_frames() && frames_of_[k] < 2)
        empty.emplace(name, contracts::EmptyReason::kVideoTooShort);
      if (component->audio() != nullptr && sound_->missing())
        empty.emplace(name, contracts::EmptyReason::kAudioMissing);
    }
    if (components_.empty() ? !too_short : empty.size() < components_.size()) return;
    outcome_.status = contracts::VideoStatus::kEmpty;
    outcome_.empty_reason = components_.empty()
                                ? contracts::EmptyReason::kVideoTooShort
                                : empty.at(std::string(components_.front()->name()));
  }

  Decoded Done() {
    if (outcome_.component_faults.empty()) outcome_.status = contracts::VideoStatus::kSuccess;
    NoteEmpty();
    if (!ConcludesLater()) return DecodedVideo{.outcome = std::move(outcome_)};
    std::vector<ComponentPhase> phases = FirstPhases(components_, units_);
    return DecodedVideo{.outcome = std::move(outcome_),
                        .units = std::move(units_),
                        .components = std::move(components_),
                        .phases = std::move(phases)};
  }

  const PassContext& context_;
  Video& video_;
  VideoWatch& watch_;
  const Way way_;
  Blame blame_ = Blame::kVideo;
  contracts::VideoOutcome outcome_;
  std::optional<media::FrameSize> refused_size_;
  FrameShares shares_;              // of the components
  std::vector<int64_t> frames_of_;  // by component: those that it has taken
  VideoUnits units_;
  Components components_;
  CostLog costs_;
  std::shared_ptr<media::SharedFile> shared_file_;  // where frames and sound are both wanted
  bool frames_wanted_ = true;
  bool frames_ended_ = false;
  std::optional<AudioFeed> sound_;      // once it is open
  std::unique_ptr<MeasuredFeed> feed_;  // ends before the components that it measures for
};

bool IsFailed(const Decoded& decoded) {
  if (std::holds_alternative<TooLarge>(decoded)) return true;
  const auto* const whole = std::get_if<DecodedVideo>(&decoded);
  return whole != nullptr && whole->outcome.fault.has_value();
}

bool IsDamaged(const Decoded& decoded) {
  const auto* const whole = std::get_if<DecodedVideo>(&decoded);
  if (whole == nullptr) return false;
  const auto& report = whole->outcome.decode;
  return IsFailed(decoded) || (report && (report->decode_errors > 0 || report->decoder_complained));
}

/// One pass; what it pushes is wanted only where it comes through.
Decoded Try(const PassContext& context, Video& video, Way way) {
  Lease& units = std::get<Decoding>(video.state).units;
  units = context.units.UnitsOf(video.input);
  Decoded decoded = Attempt(context, video, way).Walk();
  if (std::holds_alternative<LaneLost>(decoded)) return decoded;
  const auto* const whole = std::get_if<DecodedVideo>(&decoded);
  if (whole == nullptr || IsFailed(decoded)) units.Reset();
  return decoded;
}

}  // namespace

Decoded DecodeVideo(const PassContext& context, Video& video) {
  const Admission& admission = context.admission;
  if (admission.range_workers > 1 && context.dependencies.plan_ranges) {
    Decoded decoded = Try(context, video, {.range_workers = admission.range_workers});
    if (!IsFailed(decoded)) return decoded;
    video.watch.Restart();
  }
  {
    Decoded decoded = Try(context, video, {.decoder_threads = admission.decoder_threads});
    if (admission.decoder_threads <= 1 || !IsDamaged(decoded)) return decoded;
  }
  std::get<Decoding>(video.state).units.Reset();
  video.watch.Restart();
  return Try(context, video, {});
}

}  // namespace reelbatch::runtime
