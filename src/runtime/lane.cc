#include "runtime/lane.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/admission.h"
#include "runtime/conclusion.h"
#include "runtime/fault.h"
#include "runtime/ordering.h"
#include "runtime/second_pass.h"
#include "runtime/video.h"
#include "runtime/video_decode.h"

namespace reelbatch::runtime {
namespace {

using contracts::VideoOutcome;
using contracts::VideoStatus;
using Verdict = VideoWatch::Verdict;

/// Every size of an adaptive stream once; only a file made for it grows more often.
constexpr int kMaxAdmissions = 8;

/// One video in the hands of one lane, until it is put back or has ended. Every method that can
/// lose the lane says so by returning false.
class Turn {
 public:
  Turn(RunContext& run, int lane, std::shared_ptr<Video> video)
      : run_(run), lane_(lane), video_(std::move(video)) {
    const auto* const admitted = std::get_if<Admitted>(&video_->state);
    const bool second = admitted != nullptr && admitted->second != nullptr;
    const bool concluding = std::holds_alternative<Concluding>(video_->state);
    if (second) video_->lane = lane;
    if (second || (concluding && video_->started)) return;  // it has never left the active ones
    video_->lane = lane;
    if (!concluding)
      video_->started = StartTimes{.wall = run_.clock.Wall(), .steady = run_.clock.Steady()};
    run_.active.Add(
        {.video = video_,
         .decoding_s = admitted == nullptr ? std::nullopt : std::optional(admitted->plan.media_s)});
  }
  ~Turn() {
    if (video_ != nullptr) run_.active.Remove(*video_);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  bool Run() {
    bool kept = true;
    if (std::holds_alternative<Concluding>(video_->state)) {
      Conclude();
    } else if (std::holds_alternative<Admitted>(video_->state)) {
      kept = Decode();
    } else {
      kept = Probe();
    }
    if (kept && video_ != nullptr) video_->state = Ended{};
    return kept;
  }

 private:
  /// Asks the sink, once per input. False: there is nothing more to do (answered, or the run
  /// stops).
  bool Begin() {
    if (video_->done) return true;
    auto answer = Guarded([&] { return run_.sink.Begin(video_->input, video_->watch.token()); });
    video_->done.emplace();
    if (answer) {
      video_->done = std::move(answer->done);
      if (answer->outcome) Count(*answer->outcome, Planned());
      return !answer->outcome;
    }
    if (answer.error().code == base::Code::kIo) {
      begin_error_ = std::move(answer.error());
      return true;
    }
    if (answer.error().code == base::Code::kCancelled && run_.ShouldStop()) return false;
    run_.Stop(RunEnd::kSinkFailed, std::move(answer.error()));
    return false;
  }

  /// Seconds of it that the progress bar counts on; none: its probe has not ended.
  std::optional<double> Planned() const {
    const auto* const decoding = std::get_if<Decoding>(&video_->state);
    return decoding == nullptr ? std::nullopt : std::optional(decoding->media_s);
  }

  bool Probe() {
    if (run_.sink.LikelyFinished(video_->input) && !Begin()) return true;
    video_->watch.Enter(Stage::kProbe);
    auto info = Guarded(
        [&] { return run_.dependencies.probe(video_->input.path, &video_->watch.token()); });
    const Verdict verdict = video_->watch.Leave();
    if (verdict == Verdict::kGivenUp) return false;
    if (verdict == Verdict::kRunStops) return true;
    if (verdict == Verdict::kStuck) {
      EndStuck();
      return true;
    }
    if (!info) {
      // What the probe says of a broken file is worth more than what hashing it said.
      if (Begin()) Finish(Failure(FaultOf(info.error(), Blame::kVideo)), std::nullopt);
      return true;
    }
    if (begin_error_) {
      Finish(Failure(FaultOf(*begin_error_, Blame::kVideo)), std::nullopt);
      return true;
    }
    VideoPlan plan;
    plan.media_s = MediaSeconds(*info, run_.options.sampling);
    plan.bytes = VideoBytes(*info, Requests(), 1);
    SetWork(*info, plan);
    plan.info = std::move(*info);
    run_.board.Plan(video_->input, plan.media_s);
    PutBack(std::move(plan));
    return true;
  }

  void SetWork(const contracts::VideoInfo& info, VideoPlan& plan) const {
    if (!run_.options.expect) {
      plan.work = WorkOf(info, run_.options.sampling);
      return;
    }
    const VideoTime time = run_.options.expect(info);
    plan.work = time.ms;
    plan.fast_work = time.fast_ms;
  }

  /// To be decoded later. Another lane may have it at once. The lane of its probe comes back after
  /// that, so that it is among those of which the next one is chosen.
  void PutBack(VideoPlan plan) {
    run_.active.Remove(*video_);
    const VideoState left = std::exchange(video_->state, Probed{.plan = std::move(plan)});
    run_.work.Put(std::move(video_));
  }

  bool Decode() {
    Admitted admitted = std::move(std::get<Admitted>(video_->state));
    VideoPlan& plan = admitted.plan;
    video_->state = Decoding{.media_s = plan.media_s,
                             .info = plan.info,
                             .place = std::move(admitted.place),
                             .units = {},
                             .permit = {}};
    if (admitted.second != nullptr) return SecondTime(plan, std::move(admitted.second));
    if (!Begin()) return true;
    if (begin_error_) {
      FailNow(*begin_error_, plan);
      return true;
    }
    const auto admission = AdmissionOf(plan.info);
    if (!admission) {
      FailNow(admission.error(), plan);
      return true;
    }
    const auto earlier = LoadEarlier(plan);
    if (!earlier) return true;
    const base::Nanoseconds began = run_.clock.Steady();
    run_.board.TellDecode(*video_, began);
    Decoded decoded = DecodeVideo({.dependencies = run_.dependencies,
                                   .sampling = run_.options.sampling,
                                   .skip_loop_filter = run_.options.skip_loop_filter,
                                   .permits = run_.permits,
                                   .units = run_.work,
                                   .info = plan.info,
                                   .earlier = *earlier,
                                   .admission = *admission,
                                   .largest = LargestOf(plan),
                                   .fast = plan.fast},
                                  *video_);
    if (std::holds_alternative<LaneLost>(decoded)) return false;
    run_.board.TellStretch({.work = LaneStretch::Work::kDecode,
                            .input = video_->input,
                            .lane = lane_,
                            .began = began,
                            .ended = run_.clock.Steady()});
    EndDecoding(std::move(decoded), std::move(plan));
    return true;
  }

  /// The size of frames that the video's memory is admitted for.
  media::FrameSize LargestOf(const VideoPlan& plan) const {
    if (run_.options.max_memory_bytes == 0) return {};
    return {.width = plan.info.width, .height = plan.info.height};
  }

  void EndDecoding(Decoded decoded, VideoPlan plan) {
    if (auto* const larger = std::get_if<TooLarge>(&decoded)) {
      if (plan.tries + 1 < kMaxAdmissions) {
        TryAgain(larger->size, std::move(plan));
      } else {
        video_->state = Ended{};
        Finish(std::move(larger->outcome), plan.media_s);
      }
      return;
    }
    auto* const whole = std::get_if<DecodedVideo>(&decoded);
    if (whole != nullptr && !whole->components.empty()) {
      whole->media_s = plan.media_s;
      whole->plan = std::move(plan);
      std::get<Decoding>(video_->state).units.Release();  // they are waited for
      video_->state = WaitingForUnits{std::move(*whole)};
      run_.work.Put(std::move(video_));
      return;
    }
    const bool stuck = std::holds_alternative<WasStuck>(decoded);
    if (stuck) EndStuck();
    video_->state = Ended{};  // its place and its memory are for the next one
    if (whole != nullptr) Finish(std::move(whole->outcome), plan.media_s);
  }

  /// The second pass over a video whose first one has given `second->decoded`.
  bool SecondTime(const VideoPlan& plan, std::unique_ptr<SecondPass> second) {
    const LoadedWork none;
    const base::Nanoseconds began = run_.clock.Steady();
    run_.board.TellDecode(*video_, began);
    const SecondPassEnd end = RunSecondPass({.dependencies = run_.dependencies,
                                             .sampling = run_.options.sampling,
                                             .skip_loop_filter = run_.options.skip_loop_filter,
                                             .permits = run_.permits,
                                             .units = run_.work,
                                             .info = plan.info,
                                             .earlier = none,
                                             .admission = {},
                                             .largest = LargestOf(plan)},
                                            *video_, *second);
    if (std::holds_alternative<LaneLost>(end)) return false;
    run_.board.TellStretch({.work = LaneStretch::Work::kSecondPass,
                            .input = video_->input,
                            .lane = lane_,
                            .began = began,
                            .ended = run_.clock.Steady()});
    if (std::holds_alternative<SecondPassDone>(end)) {
      video_->state = WaitingForUnits{std::move(second->decoded)};
      run_.work.Put(std::move(video_));
      return true;
    }
    if (std::holds_alternative<WasStuck>(end)) EndStuck();
    video_->state = Ended{};
    return true;
  }

  void FailNow(const base::Error& error, const VideoPlan& plan) {
    VideoOutcome outcome = Failure(FaultOf(error, Blame::kVideo));
    outcome.info = plan.info;
    video_->state = Ended{};
    Finish(std::move(outcome), plan.media_s);
  }

  /// What components take of earlier work. None: there is nothing more to do (the video has failed,
  /// or the run stops).
  std::optional<LoadedWork> LoadEarlier(const VideoPlan& plan) {
    auto loaded = Guarded([&] { return run_.sink.Load(video_->input, *video_->done); });
    if (loaded) {
      video_->done = loaded->done;
      return std::move(*loaded);
    }
    const base::Code code = loaded.error().code;
    if (code == base::Code::kIo || code == base::Code::kOutOfMemory) {
      FailNow(loaded.error(), plan);
    } else {
      run_.Stop(RunEnd::kSinkFailed, std::move(loaded.error()));
    }
    return std::nullopt;
  }

  /// What all components want of its frames.
  std::vector<media::FrameRequest> Requests() const {
    return RequestsOfAll(run_.dependencies.frames, run_.options.sampling);
  }

  /// More threads where their memory is there now; a video never waits for that.
  /// Errors: out_of_memory (does not fit, however long it waits).
  base::Result<Admission> AdmissionOf(const contracts::VideoInfo& info) {
    const RunOptions& options = run_.options;
    const ThreadShare share =
        ShareThreads(options.threads, options.videos_in_flight, run_.work.left());
    auto admission = Admit(info, Requests(), share, options.max_memory_bytes);
    if (!admission || run_.work.SetBytes(video_->input, admission->bytes)) return admission;
    return Admit(info, Requests(), {}, options.max_memory_bytes);
  }

  /// Note [A header that lies about its size]: memory is admitted by what the header says. Where a
  /// larger frame follows, the decoder refuses it; the video then gives its memory back, waits for
  /// what the larger frames need and starts over, so that the budget holds at every instant and the
  /// result does not depend on who else was in flight.
  void TryAgain(media::FrameSize size, VideoPlan plan) {
    ++plan.tries;
    plan.info.width = size.width;
    plan.info.height = size.height;
    plan.bytes = VideoBytes(plan.info, Requests(), 1);
    plan.fast = false;
    video_->watch.Restart();
    video_->state = Ended{};
    PutBack(std::move(plan));
  }

  /// The watchdog has stopped the video, and its lane is back. Its watch stays stopped, so another
  /// one stands for it.
  void EndStuck() {
    VideoOutcome outcome =
        Failure({.code = contracts::FaultCode::kDecoderStuck,
                 .reason = video_->watch.StuckReason(run_.options.stall_timeout)});
    if (const auto* const decoding = std::get_if<Decoding>(&video_->state))
      outcome.info = decoding->info;
    Stamp(*video_->started, run_.clock, outcome);
    run_.work.Put(Replace(*video_, std::move(outcome), Planned()));
  }

  void Conclude() {
    if (!video_->started && !Begin()) return;
    DecodedVideo decoded = std::move(std::get<Concluding>(video_->state).decoded);
    Conclusion conclusion(decoded, run_.dependencies.specs, run_.work);
    std::vector<SeekTask> tasks = conclusion.Go();
    if (conclusion.stopped()) return;
    if (!tasks.empty()) {
      VideoPlan plan = decoded.plan;
      plan.work = SecondPassWork(plan, tasks);
      plan.fast_work = 0;
      plan.tries = std::max(1, plan.tries);
      video_->state = Probed{
          .plan = std::move(plan),
          .second = std::make_unique<SecondPass>(SecondPass{std::move(decoded), std::move(tasks)})};
      run_.work.Put(std::move(video_));
    } else if (!conclusion.done()) {
      video_->state = WaitingForUnits{std::move(decoded)};
      run_.work.Put(std::move(video_));
    } else {
      Finish(std::move(decoded.outcome), decoded.media_s);
    }
  }

  static VideoOutcome Failure(contracts::Fault fault) {
    VideoOutcome outcome;
    outcome.status = VideoStatus::kError;
    outcome.fault = std::move(fault);
    return outcome;
  }

  /// Hands an outcome to the sink. A run that stops still finishes the commits in hand, unless the
  /// sink has failed. `media_s`: as ProgressBoard::Finish().
  void Finish(VideoOutcome outcome, std::optional<double> media_s) {
    if (run_.stopping() && run_.end() == RunEnd::kSinkFailed) return;
    if (video_->started) Stamp(*video_->started, run_.clock, outcome);
    const base::Nanoseconds began = run_.clock.Steady();
    base::Status committed = Guarded([&] { return run_.sink.Commit(video_->input, outcome); });
    run_.board.TellStretch({.work = LaneStretch::Work::kCommit,
                            .input = video_->input,
                            .lane = lane_,
                            .began = began,
                            .ended = run_.clock.Steady()});
    if (!committed) {
      run_.Stop(RunEnd::kSinkFailed, std::move(committed.error()));
      return;
    }
    Count(outcome, media_s);
    if (outcome.status == VideoStatus::kError && run_.options.fail_fast) {
      run_.Stop(RunEnd::kFailedFast);
    }
  }

  void Count(const VideoOutcome& outcome, std::optional<double> media_s) {
    run_.board.Finish(*video_, outcome, media_s);
    run_.work.Finish();
  }

  RunContext& run_;
  const int lane_;
  std::shared_ptr<Video> video_;
  std::optional<base::Error> begin_error_;
};

}  // namespace

bool RunLane(RunContext& run, int lane) noexcept {
  bool given_up = false;
  const base::Status ended = Guarded([&]() -> base::Status {
    while (!given_up && !run.ShouldStop()) {
      std::shared_ptr<Video> video = run.work.Take();
      if (video == nullptr) break;
      given_up = !Turn(run, lane, std::move(video)).Run();
    }
    return {};
  });
  // Foreign calls are guarded one by one: what arrives here is memory that ran out between them.
  if (!ended) run.Stop(RunEnd::kSinkFailed, ended.error());
  return !given_up;
}

}  // namespace reelbatch::runtime
