#include "runtime/lane_crew.h"

#include <fmt/format.h>

#include <exception>
#include <utility>

#include "runtime/lane.h"

namespace reelbatch::runtime {

LaneCrew::~LaneCrew() {
  for (auto& [lane, thread] : threads_) thread.join();
}

void LaneCrew::Start() {
  const int lane = next_lane_++;
  {
    base::MutexLock lock(mutex_);
    ++alive_;
  }
  try {
    std::thread& thread = threads_[lane];
    // The lane holds the run for itself; `this` only a lane that was not given up may use.
    thread = std::thread([this, run = run_, lane] {
      if (RunLane(*run, lane)) Ended();
    });
  } catch (const std::exception& e) {
    threads_.erase(lane);
    Ended();
    if (!WaitForEnd(std::chrono::milliseconds(0))) return;
    run_->Stop(RunEnd::kSinkFailed,
               {.code = base::Code::kUnavailable,
                .message = fmt::format("cannot start a thread ({}): raise `ulimit -u`", e.what())});
  }
}

bool LaneCrew::WaitForEnd(std::chrono::milliseconds time) {
  base::MutexLock lock(mutex_);
  if (alive_ > 0) ended_.wait_for(mutex_, time);
  return alive_ == 0;
}

void LaneCrew::Ended() {
  base::MutexLock lock(mutex_);
  --alive_;
  ended_.notify_all();
}

void LaneCrew::GiveUp(VideoJob& job) {
  ++given_up_;
  const auto thread = threads_.find(job.lane);
  thread->second.detach();
  threads_.erase(thread);
  run_->active.Remove(job);
  if (job.permit_held) run_->permits.Release(1);
  run_->work.Abandon(job.input);
  if (job.admitted) run_->work.EndSource(job.input);
  if (job.probing) run_->work.EndProbe();
  if (job.watch.stuck() && !run_->stopping()) {
    Task commit;
    commit.input = job.input;
    commit.begun = job.begun;
    commit.media_s = job.media_s;
    commit.outcome = std::make_unique<contracts::VideoOutcome>();
    commit.outcome->status = contracts::VideoStatus::kError;
    commit.outcome->fault = {.code = contracts::FaultCode::kDecoderStuck,
                             .reason = job.watch.StuckReason(run_->options.stall_timeout)};
    commit.outcome->info = job.info;
    Stamp(job, run_->clock, *commit.outcome);
    run_->work.Put(std::move(commit));
  }
  Ended();
  if (!run_->stopping()) Start();
}

}  // namespace reelbatch::runtime
