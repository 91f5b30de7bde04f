#include "runtime/progress_board.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <exception>

namespace reelbatch::runtime {
namespace {

/// A progress bar that fails must not take the run with it.
template <class F>
void Tolerate(F&& call) {
  try {
    std::forward<F>(call)();
  } catch (const std::exception& e) {
    spdlog::warn("the progress display failed: {}", e.what());
  } catch (...) {
    spdlog::warn("the progress display failed");
  }
}

}  // namespace

ProgressBoard::ProgressBoard(int videos_total, RunObserver* observer, ActiveVideos& active,
                             const base::Clock& clock)
    : observer_(observer), active_(active), clock_(clock), started_(clock.Steady()) {
  finished_.videos_total = videos_total;
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
  if (observer_ == nullptr) return;
  base::MutexLock lock(observer_mutex_);
  Tolerate([&] { observer_->OnVideoDone(job.input, outcome); });
}

void ProgressBoard::Tell(bool all_planned) {
  if (observer_ == nullptr) return;
  base::MutexLock lock(observer_mutex_);
  const Progress progress = Now(all_planned);
  Tolerate([&] { observer_->OnProgress(progress); });
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
