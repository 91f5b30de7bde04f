#include "runtime/lane.h"

#include <memory>
#include <optional>
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
      : run_(run), task_(std::move(task)), job_(std::make_shared<VideoJob>()) {
    job_->input = task_.input;
    job_->lane = lane;
    job_->begun = task_.begun;
    job_->media_s = task_.media_s;
    if (task_.info) job_->info = *task_.info;
    job_->decoding = task_.info != nullptr;
    job_->started_wall = run_.clock.Wall();
    job_->started_steady = run_.clock.Steady();
    run_.active.Add(job_);
  }
  ~TaskRunner() { run_.active.Remove(*job_); }
  TaskRunner(const TaskRunner&) = delete;
  TaskRunner& operator=(const TaskRunner&) = delete;

  bool Run() {
    if (task_.outcome) {
      if (Begin()) Finish(std::move(*task_.outcome));
      return true;
    }
    return task_.info ? Decode(*task_.info) : Probe();
  }

 private:
  /// Asks the sink, once per input. False: there is nothing more to do (answered, or the run
  /// stops).
  bool Begin() {
    if (job_->begun) return true;
    auto answer = Guarded([&] { return run_.sink.Begin(job_->input, job_->watch.token()); });
    job_->begun = true;
    if (answer) {
      const std::optional<VideoOutcome>& finished = *answer;
      if (finished) Count(*finished);
      return !finished;
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
    next.work = WorkOf(*info, run_.options.sampling);
    next.media_s = MediaSeconds(*info, run_.options.sampling);
    next.input = job_->input;
    next.begun = job_->begun;
    next.info = std::make_unique<contracts::VideoInfo>(std::move(*info));
    run_.board.Plan(next.media_s);
    run_.work.Put(std::move(next));
    return true;
  }

  bool Decode(const contracts::VideoInfo& info) {
    if (!Begin()) return true;
    if (begin_error_) {
      Finish(Failure(FaultOf(*begin_error_, Blame::kVideo)));
      return true;
    }
    contracts::VideoInfo admitted = info;
    Decoded decoded;
    for (int tries = 0; tries < kMaxAdmissions; ++tries) {
      auto admission = AdmitAndDecode(admitted);
      if (!admission) {
        Finish(Failure(FaultOf(admission.error(), Blame::kVideo)));
        return true;
      }
      decoded = std::move(*admission);
      if (!decoded.refused_size) break;
      admitted.width = decoded.refused_size->width;
      admitted.height = decoded.refused_size->height;
      job_->watch.Restart();
    }
    if (decoded.end == DecodeEnd::kGivenUp) return false;
    if (decoded.end == DecodeEnd::kStuck) Finish(Stuck());
    if (decoded.end == DecodeEnd::kDone || decoded.end == DecodeEnd::kFailed) {
      Finish(std::move(decoded.outcome));
    }
    return true;
  }

  /// Note [A header that lies about its size]: memory is admitted by what the header says. Where a
  /// larger frame follows, the decoder refuses it; the video then gives its memory back, waits for
  /// what the larger frames need and starts over, so that the budget holds at every instant and the
  /// result does not depend on who else was in flight.
  /// Errors: out_of_memory (does not fit, however long it waits).
  base::Result<Decoded> AdmitAndDecode(const contracts::VideoInfo& admitted) {
    const RunOptions& options = run_.options;
    const auto admission =
        Admit(admitted, options.sampling,
              ShareThreads(options.threads, options.videos_in_flight, run_.work.left()),
              options.max_memory_bytes);
    if (!admission) return std::unexpected(admission.error());
    if (!run_.bytes.Acquire(admission->bytes)) return Decoded{};
    job_->bytes_held = admission->bytes;
    media::FrameSize largest;
    if (options.max_memory_bytes > 0) largest = {admitted.width, admitted.height};
    Decoded decoded = DecodeVideo({.dependencies = run_.dependencies,
                                   .sampling = options.sampling,
                                   .skip_loop_filter = options.skip_loop_filter,
                                   .permits = run_.permits,
                                   .admission = *admission,
                                   .largest = largest},
                                  *job_);
    if (decoded.end == DecodeEnd::kGivenUp) return decoded;
    job_->bytes_held = 0;
    run_.bytes.Release(admission->bytes);
    return decoded;
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
    base::Status committed = Guarded([&] { return run_.sink.Commit(job_->input, outcome); });
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
