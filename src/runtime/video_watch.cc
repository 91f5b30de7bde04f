#include "runtime/video_watch.h"

#include <fmt/format.h>

#include <algorithm>

namespace reelbatch::runtime {
namespace {

/// A process that was stopped (Ctrl-Z, a frozen container) finds a long time gone when it goes on,
/// without anyone having been stuck. So no single look counts for more than a quarter of a limit.
base::Nanoseconds Counted(base::Nanoseconds elapsed, base::Nanoseconds limit) {
  return std::min(elapsed, limit / 4 + base::Nanoseconds(1));
}

}  // namespace

void VideoWatch::Enter(Stage stage) {
  stage_.store(stage, std::memory_order_relaxed);
  base::MutexLock lock(mutex_);
  watched_ = true;
  if (!asked_) silence_ = base::Nanoseconds(0);
}

bool VideoWatch::Beat(Stage stage) {
  stage_.store(stage, std::memory_order_relaxed);
  return Beat();
}

bool VideoWatch::Beat() {
  beats_.fetch_add(1, std::memory_order_relaxed);
  return !token_.cancelled();
}

bool VideoWatch::BeatFrame(contracts::FrameIndex index, double position_s) {
  frames_.fetch_add(1, std::memory_order_relaxed);
  last_frame_.store(index, std::memory_order_relaxed);
  position_s_.store(position_s, std::memory_order_relaxed);
  return Beat(Stage::kDecode);
}

VideoWatch::Verdict VideoWatch::Leave() {
  base::MutexLock lock(mutex_);
  if (given_up_) return Verdict::kGivenUp;
  watched_ = false;
  if (stuck_) return Verdict::kStuck;
  return token_.cancelled() ? Verdict::kRunStops : Verdict::kGoOn;
}

void VideoWatch::Restart() {
  frames_.store(0, std::memory_order_relaxed);
  last_frame_.store(-1, std::memory_order_relaxed);
  position_s_.store(0, std::memory_order_relaxed);
}

void VideoWatch::AskToStop() {
  base::MutexLock lock(mutex_);
  if (asked_) return;
  asked_ = true;
  silence_ = base::Nanoseconds(0);
  token_.Cancel();
}

bool VideoWatch::Judge(base::Nanoseconds elapsed, const WatchLimits& limits) {
  base::MutexLock lock(mutex_);
  if (!watched_ || given_up_) return false;
  if (asked_) {
    silence_ += Counted(elapsed, limits.stall_grace);
    given_up_ = silence_ >= limits.stall_grace;
    return given_up_;
  }
  const uint64_t beats = beats_.load(std::memory_order_relaxed);
  if (beats != heard_ || limits.stall_timeout <= base::Nanoseconds(0)) {
    heard_ = beats;
    silence_ = base::Nanoseconds(0);
    return false;
  }
  silence_ += Counted(elapsed, limits.stall_timeout);
  if (silence_ >= limits.stall_timeout) {
    stuck_ = true;
    asked_ = true;
    silence_ = base::Nanoseconds(0);
    token_.Cancel();
  }
  return false;
}

bool VideoWatch::stuck() const {
  base::MutexLock lock(mutex_);
  return stuck_;
}

std::string VideoWatch::StuckReason(base::Nanoseconds stall_timeout) const {
  const double seconds = std::chrono::duration<double>(stall_timeout).count();
  const Stage stage = stage_.load(std::memory_order_relaxed);
  const contracts::FrameIndex frame = last_frame_.load(std::memory_order_relaxed);
  if (stage == Stage::kProbe || stage == Stage::kOpen) {
    return fmt::format(
        "opening it took more than {:g} s and was stopped: check that its disk works, then run "
        "again, or rewrite the file (ffmpeg -i IN -c copy OUT)",
        seconds);
  }
  const std::string after = frame < 0 ? "after opening" : fmt::format("after frame {}", frame);
  if (stage == Stage::kComponent) {
    return fmt::format(
        "no progress for {:g} s {}; the analysis was stopped: this is a bug of reelbatch, please "
        "report it with the file",
        seconds, after);
  }
  return fmt::format(
      "no frame for {:g} s {}; the decoder was stopped: check that its disk works and run again, "
      "or re-encode the file (ffmpeg -i IN OUT)",
      seconds, after);
}

}  // namespace reelbatch::runtime
