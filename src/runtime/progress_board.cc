#include "runtime/progress_board.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "runtime/fault.h"

namespace reelbatch::runtime {
ProgressBoard::ProgressBoard(int videos_total, RunObserver* observer, ActiveVideos& active,
                             const base::Clock& clock)
    : observer_(observer), active_(active), clock_(clock), started_(clock.Steady()) {
  finished_.videos_total = videos_total;
}

template <class F>
void ProgressBoard::Observe(F&& call) {
  base::MutexLock lock(observer_mutex_);
  // By name, because clang's thread-safety analysis does not look into lambdas.
  RunObserver* const observer = observer_;
  if (observer == nullptr) return;
  // A progress bar that fails must not take the run with it.
  const base::Status called = Guarded([&]() -> base::Status {
    std::forward<F>(call)(*observer);
    return {};
  });
  if (called) return;
  observer_ = nullptr;
  observer_error_ = called.error().Text();
}

std::string ProgressBoard::observer_error() {
  base::MutexLock lock(observer_mutex_);
  return observer_error_;
}

void ProgressBoard::Plan(double media_s) {
  base::MutexLock lock(mutex_);
  finished_.media_s_total += media_s;
}

void ProgressBoard::Finish(const VideoJob& job, const contracts::VideoOutcome& outcome,
                           double media_s) {
  const bool skipped = outcome.status == contracts::VideoStatus::kSkipped;
  {
    base::MutexLock lock(mutex_);
    // Together, so that no look counts the video's frames twice or not at all.
    active_.Remove(job);
    ++finished_.videos_done;
    if (outcome.status == contracts::VideoStatus::kError) ++finished_.videos_failed;
    if (skipped) ++finished_.videos_skipped;
    finished_.frames_done += job.watch.frames();
    if (skipped) {
      finished_.media_s_total = std::max(0.0, finished_.media_s_total - media_s);
    } else {
      finished_.media_s_done += media_s;
    }
  }
  Observe([&](RunObserver& observer) { observer.OnVideoDone(job.input, outcome); });
}

void ProgressBoard::TellDecode(const VideoJob& job, base::Nanoseconds now) {
  Observe([&](RunObserver& observer) { observer.OnDecode(job.input, job.lane, now); });
}

void ProgressBoard::TellStretch(const LaneStretch& stretch) {
  Observe([&](RunObserver& observer) { observer.OnStretch(stretch); });
}

void ProgressBoard::Tell(bool all_planned) {
  Observe([&](RunObserver& observer) { observer.OnProgress(Now(all_planned)); });
}

Progress ProgressBoard::Now(bool all_planned) {
  base::MutexLock lock(mutex_);
  Progress now = finished_;
  for (const auto& job : active_.Snapshot()) {
    if (!job->decoding) continue;
    ++now.videos_in_flight;
    now.frames_done += job->watch.frames();
    now.media_s_done += std::clamp(job->watch.position_s(), 0.0, job->media_s);
  }
  now.elapsed_s = std::chrono::duration<double>(clock_.Steady() - started_).count();
  eta_.Update(now.elapsed_s, now.media_s_done);
  if (all_planned) now.eta_s = eta_.SecondsLeft(now.media_s_total - now.media_s_done);
  return now;
}

}  // namespace reelbatch::runtime
