#include "runtime/progress_board.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "runtime/fault.h"

namespace reelbatch::runtime {

ProgressBoard::ProgressBoard(RunObserver* observer, ActiveVideos& active, const base::Clock& clock)
    : observer_(observer), active_(active), clock_(clock), started_(clock.Steady()) {}

void ProgressBoard::Add(const std::vector<Input>& inputs) {
  base::MutexLock lock(mutex_);
  finished_.videos_total += static_cast<int>(inputs.size());
  for (const Input& input : inputs) total_.Add(input.bytes);
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

void ProgressBoard::Plan(const Input& input, double media_s) {
  base::MutexLock lock(mutex_);
  total_.Probed(input.bytes, {.seconds = media_s});
}

void ProgressBoard::Finish(const Video& video, const contracts::VideoOutcome& outcome,
                           std::optional<double> media_s) {
  const bool skipped = outcome.status == contracts::VideoStatus::kSkipped;
  {
    base::MutexLock lock(mutex_);
    // Together, so that no look counts the video's frames twice or not at all.
    active_.Remove(video);
    ++finished_.videos_done;
    if (outcome.status == contracts::VideoStatus::kError) ++finished_.videos_failed;
    if (skipped) ++finished_.videos_skipped;
    finished_.frames_done += video.watch.frames();
    if (!media_s) total_.Dropped(video.input.bytes);
    (skipped ? skipped_s_ : finished_.media_s_done) += media_s.value_or(0);
  }
  Observe([&](RunObserver& observer) { observer.OnVideoDone(video.input, outcome); });
}

void ProgressBoard::TellDecode(const Video& video, base::Nanoseconds now) {
  Observe([&](RunObserver& observer) { observer.OnDecode(video.input, video.lane, now); });
}

void ProgressBoard::TellStretch(const LaneStretch& stretch) {
  Observe([&](RunObserver& observer) { observer.OnStretch(stretch); });
}

void ProgressBoard::Tell() {
  Observe([&](RunObserver& observer) { observer.OnProgress(Now()); });
}

Progress ProgressBoard::Now() {
  base::MutexLock lock(mutex_);
  Progress now = finished_;
  for (const auto& [video, decoding_s] : active_.Snapshot()) {
    if (!decoding_s) continue;
    ++now.videos_in_flight;
    now.frames_done += video->watch.frames();
    now.media_s_done += std::clamp(video->watch.position_s(), 0.0, *decoding_s);
  }
  const auto total = total_.total();
  if (total) now.media_s_total = std::max(0.0, total->amount.seconds - skipped_s_);
  now.elapsed_s = std::chrono::duration<double>(clock_.Steady() - started_).count();
  eta_.Update(now.elapsed_s, now.media_s_done);
  if (total) now.eta_s = eta_.SecondsLeft(now.media_s_total - now.media_s_done);
  return now;
}

}  // namespace reelbatch::runtime
