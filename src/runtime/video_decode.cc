#include "runtime/video_decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "components/meter_set.h"
#include "runtime/fault.h"
#include "runtime/read_ahead.h"

namespace reelbatch::runtime {
namespace {

using Verdict = VideoWatch::Verdict;

/// One pass over one video.
class Attempt {
 public:
  Attempt(const DecodeContext& context, VideoJob& job, int decoder_threads)
      : context_(context), job_(job), decoder_threads_(decoder_threads) {}

  Decoded Walk() {
    while (true) {
      if (!context_.permits.Acquire(1)) return {};
      job_.permit_held = true;
      job_.watch.Enter(source_ ? Stage::kDecode : Stage::kOpen);
      const base::Result<bool> ended = source_ ? Slice() : Open();
      const Verdict verdict = Leave();
      if (verdict == Verdict::kGivenUp) return {.end = DecodeEnd::kGivenUp, .outcome = {}};
      job_.permit_held = false;
      context_.permits.Release(1);
      if (verdict == Verdict::kRunStops) return {};
      if (verdict == Verdict::kStuck) return {.end = DecodeEnd::kStuck, .outcome = {}};
      if (!ended) return Failed(ended.error());
      if (*ended) return Done();
    }
  }

 private:
  /// A stopped video's decoder may still be in a call; it is waited for inside the watched stretch.
  Verdict Leave() {
    const Verdict verdict = job_.watch.Leave();
    if (!source_ || (verdict != Verdict::kRunStops && verdict != Verdict::kStuck)) return verdict;
    job_.watch.Enter(Stage::kDecode);
    source_.reset();
    return job_.watch.Leave();
  }

  /// True: the video has ended. What a stopped call returns is looked at by nobody: Leave() knows
  /// better.
  base::Result<bool> Open() {
    const media::ReaderOptions options{.sampling = context_.sampling,
                                       .threads = decoder_threads_,
                                       .frames_kept = FramesKept(decoder_threads_),
                                       .skip_loop_filter = context_.skip_loop_filter,
                                       .largest = context_.largest,
                                       .cancel = &job_.watch.token(),
                                       .on_decoded = [this] { job_.watch.Beat(); }};
    auto source = Guarded([&] { return context_.dependencies.open(job_.input.path, options); });
    if (!source) return std::unexpected(std::move(source.error()));
    if (!job_.watch.Beat(Stage::kComponent)) return true;
    source_ = FramesKept(decoder_threads_) > 0 ? ReadAhead(std::move(*source)) : std::move(*source);
    const contracts::VideoInfo& info = source_->info();
    outcome_.info = info;
    auto components = Guarded([&]() -> base::Result<decltype(components_)> {
      return context_.dependencies.make_components(info);
    });
    if (!components) return OfComponent("components", components.error());
    components_ = std::move(*components);
    for (const auto& component : components_) {
      base::Status opened = Guarded([&] { return component->Open(info); });
      if (!opened) return OfComponent(component->name(), opened.error());
    }
    auto meters = Guarded([&]() -> base::Status {
      meters_.emplace(components_);
      measures_ = meters_->NewMeasures();
      return {};
    });
    if (!meters) return OfComponent("components", meters.error());
    return false;
  }

  base::Result<bool> Slice() {
    for (int i = 0; i < kFramesPerSlice; ++i) {
      if (!job_.watch.Beat(Stage::kDecode)) return true;
      auto frame = Guarded([&] { return source_->Next(); });
      if (!frame) return std::unexpected(std::move(frame.error()));
      if (*frame == nullptr) return Close();
      if (!job_.watch.BeatFrame((*frame)->index, source_->position_s())) return true;
      for (size_t k = 0; k < components_.size(); ++k) {
        job_.watch.Beat(Stage::kComponent);
        components::Component& component = *components_[k];
        base::Status processed = Guarded([&]() -> base::Status {
          auto measured = meters_->meter(k).Measure(**frame, *measures_[k]);
          return measured ? component.Take((*frame)->stamp(), *measures_[k]) : measured;
        });
        if (!processed) return OfComponent(component.name(), processed.error());
      }
    }
    return false;
  }

  base::Result<bool> Close() {
    const contracts::DecodeReport& report = source_->report();
    outcome_.decode = report;
    if (auto reached = CheckStartReached(report); !reached)
      return std::unexpected(std::move(reached.error()));
    for (const auto& component : components_) {
      if (!job_.watch.Beat(Stage::kComponent)) return true;
      base::Status closed = Guarded([&] { return component->Close(report, outcome_); });
      if (!closed) return OfComponent(component->name(), closed.error());
    }
    return true;
  }

  /// A range behind the last frame is a wish that this video cannot meet, not a short video.
  base::Status CheckStartReached(const contracts::DecodeReport& report) const {
    const double start_s = context_.sampling.start_s.value_or(0);
    if (job_.watch.frames() > 0 || report.frames_decoded == 0) return {};
    const double last_s = source_->position_s();
    const double end_s =
        report.truncated ? last_s : std::max(last_s, source_->info().duration_s.value_or(0));
    if (start_s < end_s) return {};
    return base::Fail(base::Code::kInvalidArgument,
                      fmt::format("--start {} s is at or after its end ({:.1f} s)", start_s, end_s));
  }

  base::Result<bool> OfComponent(std::string_view name, const base::Error& error) {
    blame_ = Blame::kComponent;
    job_.watch.Beat(Stage::kDecode);
    source_.reset();  // waits for a decoder that reads ahead
    return base::Fail(error.code, error.Text(), std::string(name));
  }

  Decoded Failed(const base::Error& error) {
    outcome_.status = contracts::VideoStatus::kError;
    outcome_.fault = FaultOf(error, blame_);
    outcome_.cuts.reset();
    std::optional<media::FrameSize> refused_size;
    if (source_ && blame_ == Blame::kVideo) refused_size = source_->refused_size();
    return {.end = DecodeEnd::kFailed,
            .outcome = std::move(outcome_),
            .refused_size = refused_size};
  }

  Decoded Done() {
    outcome_.status = contracts::VideoStatus::kSuccess;
    if (job_.watch.frames() < 2) {
      outcome_.status = contracts::VideoStatus::kEmpty;
      outcome_.empty_reason = contracts::EmptyReason::kVideoTooShort;
    }
    return {.end = DecodeEnd::kDone, .outcome = std::move(outcome_)};
  }

  const DecodeContext& context_;
  VideoJob& job_;
  const int decoder_threads_;
  Blame blame_ = Blame::kVideo;
  contracts::VideoOutcome outcome_;
  std::unique_ptr<media::FrameSource> source_;
  std::vector<std::unique_ptr<components::Component>> components_;
  std::optional<components::MeterSet> meters_;
  components::FrameMeasures measures_;
};

bool Damaged(const Decoded& decoded) {
  if (decoded.end == DecodeEnd::kFailed) return !decoded.refused_size;
  return decoded.end == DecodeEnd::kDone && decoded.outcome.decode &&
         (decoded.outcome.decode->decode_errors > 0 || decoded.outcome.decode->decoder_complained);
}

}  // namespace

Decoded DecodeVideo(const DecodeContext& context, VideoJob& job) {
  const int decoder_threads = context.admission.decoder_threads;
  {
    Decoded decoded = Attempt(context, job, decoder_threads).Walk();
    if (decoder_threads <= 1 || !Damaged(decoded)) return decoded;
  }
  job.watch.Restart();
  return Attempt(context, job, 1).Walk();
}

}  // namespace reelbatch::runtime
