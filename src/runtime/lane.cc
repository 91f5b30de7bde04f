#include "runtime/lane.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "runtime/admission.h"
#include "runtime/fault.h"
#include "runtime/ordering.h"
#include "runtime/video_decode.h"

namespace reelbatch::runtime {
namespace {

using contracts::VideoOutcome;
using contracts::VideoStatus;
using Verdict = VideoWatch::Verdict;

/// Every size of an adaptive stream once; only a file made for it grows more often.
constexpr int kMaxAdmissions = 8;

/// One task in the hands of one lane. Every method that can lose the lane says so by returning
/// false.
class TaskRunner {
 public:
  TaskRunner(RunContext& run, int lane, Task task)
      : run_(run),
        lane_(lane),
        task_(std::move(task)),
        job_(task_.pending ? task_.pending->job : std::make_shared<VideoJob>()) {
    if (task_.pending) return;  // it has never left
    job_->input = task_.input;
    job_->lane = lane;
    job_->begun = task_.begun;
    job_->earlier.done = task_.done;
    job_->media_s = task_.media_s;
    if (task_.info) job_->info = *task_.info;
    job_->decoding = task_.info != nullptr;
    job_->started_wall = run_.clock.Wall();
    job_->started_steady = run_.clock.Steady();
    run_.active.Add(job_);
  }
  ~TaskRunner() {
    if (job_ != nullptr) run_.active.Remove(*job_);
  }
  TaskRunner(const TaskRunner&) = delete;
  TaskRunner& operator=(const TaskRunner&) = delete;

  bool Run() {
    if (task_.outcome) {
      if (Begin()) Finish(std::move(*task_.outcome));
      return true;
    }
    if (task_.pending) {
      FinishPending();
      return true;
    }
    if (task_.info) return Decode(*task_.info);
    job_->probing = true;
    if (!Probe()) return false;
    job_->probing = false;
    run_.work.EndProbe();
    return true;
  }

 private:
  /// Asks the sink, once per input. False: there is nothing more to do (answered, or the run
  /// stops).
  bool Begin() {
    if (job_->begun) return true;
    auto answer = Guarded([&] { return run_.sink.Begin(job_->input, job_->watch.token()); });
    job_->begun = true;
    if (answer) {
      job_->earlier.done = std::move(answer->done);
      if (answer->outcome) Count(*answer->outcome);
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

  bool Probe() {
    if (run_.sink.LikelyFinished(job_->input) && !Begin()) return true;
    job_->watch.Enter(Stage::kProbe);
    auto info =
        Guarded([&] { return run_.dependencies.probe(job_->input.path, &job_->watch.token()); });
    const Verdict verdict = job_->watch.Leave();
    if (verdict == Verdict::kGivenUp) return false;
    if (verdict == Verdict::kRunStops) return true;
    if (verdict == Verdict::kStuck) {
      if (Begin()) Finish(Stuck());
      return true;
    }
    if (!info) {
      // What the probe says of a broken file is worth more than what hashing it said.
      if (Begin()) Finish(Failure(FaultOf(info.error(), Blame::kVideo)));
      return true;
    }
    if (begin_error_) {
      Finish(Failure(FaultOf(*begin_error_, Blame::kVideo)));
      return true;
    }
    Task next;
    SetWork(*info, next);
    next.media_s = MediaSeconds(*info, run_.options.sampling);
    next.input = job_->input;
    next.begun = job_->begun;
    next.done = job_->earlier.done;
    next.bytes = VideoBytes(*info, run_.options.sampling, 1);
    next.info = std::make_unique<contracts::VideoInfo>(std::move(*info));
    run_.board.Plan(next.media_s);
    run_.work.Put(std::move(next));
    return true;
  }

  void SetWork(const contracts::VideoInfo& info, Task& task) const {
    if (!run_.options.expect) {
      task.work = WorkOf(info, run_.options.sampling);
      return;
    }
    const VideoTime time = run_.options.expect(info);
    task.work = time.ms;
    task.fast_work = time.fast_ms;
  }

  bool Decode(const contracts::VideoInfo& info) {
    job_->admitted = true;
    if (!Begin()) return EndSource();
    if (begin_error_) {
      EndSource();
      Finish(Failure(FaultOf(*begin_error_, Blame::kVideo)));
      return true;
    }
    const auto admission = Admitted(info);
    if (!admission) {
      EndSource();
      Finish(Failure(FaultOf(admission.error(), Blame::kVideo)));
      return true;
    }
    if (!LoadEarlier()) return true;
    const base::Nanoseconds began = run_.clock.Steady();
    run_.board.TellDecode(*job_, began);
    media::FrameSize largest;
    if (run_.options.max_memory_bytes > 0) largest = {info.width, info.height};
    Decoded decoded = DecodeVideo({.dependencies = run_.dependencies,
                                   .sampling = run_.options.sampling,
                                   .skip_loop_filter = run_.options.skip_loop_filter,
                                   .permits = run_.permits,
                                   .units = run_.work,
                                   .admission = *admission,
                                   .largest = largest,
                                   .fast = task_.fast},
                                  *job_);
    if (decoded.end == DecodeEnd::kGivenUp) return false;
    job_->earlier.results.clear();
    run_.board.TellStretch({.work = LaneStretch::Work::kDecode,
                            .input = job_->input,
                            .lane = lane_,
                            .began = began,
                            .ended = run_.clock.Steady()});
    EndSource();
    if (decoded.refused_size && task_.tries + 1 < kMaxAdmissions)
      return TryAgain(*decoded.refused_size);
    if (decoded.end == DecodeEnd::kStuck) Finish(Stuck());
    if (decoded.pending) return Await(std::move(decoded.pending));
    if (decoded.end == DecodeEnd::kDone || decoded.end == DecodeEnd::kFailed)
      Finish(std::move(decoded.outcome));
    return true;
  }

  /// False: there is nothing more to do (the video has failed, or the run stops).
  bool LoadEarlier() {
    auto loaded = Guarded([&] { return run_.sink.Load(job_->input, job_->earlier.done); });
    if (loaded) {
      job_->earlier = std::move(*loaded);
      return true;
    }
    const base::Code code = loaded.error().code;
    if (code == base::Code::kIo || code == base::Code::kOutOfMemory) {
      EndSource();
      Finish(Failure(FaultOf(loaded.error(), Blame::kVideo)));
      return false;
    }
    run_.Stop(RunEnd::kSinkFailed, std::move(loaded.error()));
    EndSource();
    return false;
  }

  /// Its place and its memory are for the next one.
  bool EndSource() {
    job_->admitted = false;
    run_.work.EndSource(job_->input);
    return true;
  }

  /// More threads where their memory is there now; a video never waits for that.
  /// Errors: out_of_memory (does not fit, however long it waits).
  base::Result<Admission> Admitted(const contracts::VideoInfo& info) {
    const RunOptions& options = run_.options;
    const ThreadShare share =
        ShareThreads(options.threads, options.videos_in_flight, run_.work.left());
    auto admission = Admit(info, options.sampling, share, options.max_memory_bytes);
    if (!admission || run_.work.SetBytes(job_->input, admission->bytes)) return admission;
    return Admit(info, options.sampling, {}, options.max_memory_bytes);
  }

  /// Note [A header that lies about its size]: memory is admitted by what the header says. Where a
  /// larger frame follows, the decoder refuses it; the video then gives its memory back, waits for
  /// what the larger frames need and starts over, so that the budget holds at every instant and the
  /// result does not depend on who else was in flight.
  bool TryAgain(media::FrameSize size) {
    Task again;
    again.input = job_->input;
    again.begun = job_->begun;
    again.done = job_->earlier.done;
    again.work = task_.work;
    again.fast_work = task_.fast_work;
    again.media_s = job_->media_s;
    again.tries = task_.tries + 1;
    again.info = std::move(task_.info);
    again.info->width = size.width;
    again.info->height = size.height;
    again.bytes = VideoBytes(*again.info, run_.options.sampling, 1);
    run_.work.Put(std::move(again));
    return true;
  }

  bool Await(std::unique_ptr<PendingVideo> pending) {
    Task task;
    task.input = job_->input;
    task.media_s = job_->media_s;
    task.pending = std::move(pending);
    task.pending->job = std::move(job_);
    run_.work.Await(std::move(task));
    return true;
  }

  /// First every result that units make, then what waits for those.
  void FinishPending() {
    PendingVideo& pending = *task_.pending;
    VideoOutcome& outcome = pending.outcome;
    for (size_t k = 0; k < pending.components.size(); ++k) {
      const std::string name(pending.components[k]->name());
      UnitStream* const stream = pending.streams[k].get();
      if (outcome.component_faults.contains(name) || NeedFailed(name, outcome)) continue;
      if (stream != nullptr && stream->fault) {
        SetFault(name, *stream->fault, outcome);
      } else if (stream != nullptr) {
        auto& batched = dynamic_cast<components::BatchedComponent&>(*pending.components[k]);
        Settle(name, Guarded([&] { return batched.Finish(std::move(stream->outputs), outcome); }),
               outcome);
      }
    }
    for (const auto& component : pending.components) {
      const std::string name(component->name());
      if (outcome.component_faults.contains(name) || NeedFailed(name, outcome)) continue;
      Settle(name, Guarded([&] { return component->Conclude(outcome); }), outcome);
    }
    Finish(std::move(outcome));
  }

  /// Then `name` has failed too.
  bool NeedFailed(const std::string& name, VideoOutcome& outcome) const {
    const std::string missing = FailedNeed(name, outcome);
    if (missing.empty()) return false;
    SetFault(name,
             {.code = contracts::FaultCode::kDependencyMissing,
              .reason = "needs " + missing + ", which failed"},
             outcome);
    return true;
  }

  static void Settle(const std::string& name, const base::Status& ended, VideoOutcome& outcome) {
    if (ended) return;
    SetFault(name,
             FaultOf({.code = ended.error().code, .message = ended.error().Text(), .context = name},
                     Blame::kComponent),
             outcome);
  }

  /// The first component that `name` needs and that has failed; empty: none.
  std::string FailedNeed(const std::string& name, const VideoOutcome& outcome) const {
    const auto& specs = run_.dependencies.specs;
    const auto spec = std::ranges::find(specs, name, &contracts::ComponentSpec::name);
    if (spec == specs.end()) return "";
    const auto need = std::ranges::find_if(
        spec->needs, [&](const std::string& it) { return outcome.component_faults.contains(it); });
    return need == spec->needs.end() ? "" : *need;
  }

  VideoOutcome Failure(contracts::Fault fault) const {
    VideoOutcome outcome;
    outcome.status = VideoStatus::kError;
    outcome.fault = std::move(fault);
    outcome.info = job_->info;
    return outcome;
  }

  VideoOutcome Stuck() const {
    return Failure({.code = contracts::FaultCode::kDecoderStuck,
                    .reason = job_->watch.StuckReason(run_.options.stall_timeout)});
  }

  /// Hands an outcome to the sink. A run that stops still finishes the commits in hand, unless the
  /// sink has failed.
  void Finish(VideoOutcome outcome) {
    if (run_.stopping() && run_.end() == RunEnd::kSinkFailed) return;
    // An outcome of a lane that was given up has its own times.
    if (!task_.outcome) Stamp(*job_, run_.clock, outcome);
    const base::Nanoseconds began = run_.clock.Steady();
    base::Status committed = Guarded([&] { return run_.sink.Commit(job_->input, outcome); });
    run_.board.TellStretch({.work = LaneStretch::Work::kCommit,
                            .input = job_->input,
                            .lane = lane_,
                            .began = began,
                            .ended = run_.clock.Steady()});
    if (!committed) {
      run_.Stop(RunEnd::kSinkFailed, std::move(committed.error()));
      return;
    }
    Count(outcome);
    if (outcome.status == VideoStatus::kError && run_.options.fail_fast) {
      run_.Stop(RunEnd::kFailedFast);
    }
  }

  void Count(const VideoOutcome& outcome) {
    run_.board.Finish(*job_, outcome, job_->media_s);
    run_.work.Finish();
  }

  RunContext& run_;
  const int lane_;
  Task task_;
  std::shared_ptr<VideoJob> job_;
  std::optional<base::Error> begin_error_;
};

}  // namespace

bool RunLane(RunContext& run, int lane) noexcept {
  bool given_up = false;
  const base::Status ended = Guarded([&]() -> base::Status {
    while (!given_up && !run.ShouldStop()) {
      std::optional<Task> task = run.work.Take();
      if (!task) break;
      given_up = !TaskRunner(run, lane, std::move(*task)).Run();
    }
    return {};
  });
  // Foreign calls are guarded one by one: what arrives here is memory that ran out between them.
  if (!ended) run.Stop(RunEnd::kSinkFailed, ended.error());
  return !given_up;
}

void Stamp(const VideoJob& job, const base::Clock& clock, VideoOutcome& outcome) {
  outcome.started_at_ns = job.started_wall.count();
  outcome.finished_at_ns = clock.Wall().count();
  outcome.duration_ns = (clock.Steady() - job.started_steady).count();
}

}  // namespace reelbatch::runtime
