#include "runtime/lane_crew.h"

#include <fmt/format.h>

#include <exception>
#include <utility>
#include <variant>

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
  if (alive_ > 0) run_->clock.WaitFor(ended_, mutex_, time);
  return alive_ == 0;
}

void LaneCrew::Ended() {
  base::MutexLock lock(mutex_);
  --alive_;
  ended_.notify_all();
}

void LaneCrew::GiveUp(Video& video) {
  ++given_up_;
  const auto thread = threads_.find(video.lane);
  thread->second.detach();
  threads_.erase(thread);
  run_->active.Remove(video);
  const auto* const decoding = std::get_if<Decoding>(&video.state);
  contracts::VideoOutcome outcome;
  outcome.status = contracts::VideoStatus::kError;
  outcome.fault = {.code = contracts::FaultCode::kDecoderStuck,
                   .reason = video.watch.StuckReason(run_->options.stall_timeout)};
  std::optional<double> media_s;
  if (decoding != nullptr) {
    outcome.info = decoding->info;
    media_s = decoding->media_s;
  }
  video.state = runtime::Ended{};
  if (video.watch.stuck() && !run_->stopping()) {
    Stamp(*video.started, run_->clock, outcome);
    run_->work.Put(Replace(video, std::move(outcome), media_s));
  }
  Ended();
  if (!run_->stopping()) Start();
}

}  // namespace reelbatch::runtime
