#pragma once

#include <functional>
#include <utility>

#include "apps/reelbatch/run_timeline.h"
#include "base/clock.h"
#include "contracts/run_metrics.h"
#include "runtime/batching.h"
#include "runtime/run_sink.h"

namespace reelbatch::app {

/// Hands everything on to another observer, and draws it.
class DrawingObserver final : public runtime::RunObserver {
 public:
  /// All outlive it.
  DrawingObserver(runtime::RunObserver& next, RunTimeline& timeline, const base::Clock& clock)
      : next_(next), timeline_(timeline), clock_(clock) {}

  void OnDecode(const runtime::Input& input, int lane, base::Nanoseconds now) override;
  void OnStretch(const runtime::LaneStretch& stretch) override;
  void OnProgress(const runtime::Progress& progress) override;
  void OnVideoDone(const runtime::Input& input, const contracts::VideoOutcome& outcome) override;

 private:
  runtime::RunObserver& next_;
  RunTimeline& timeline_;
  const base::Clock& clock_;
};

/// Counts batches for metrics, and draws them where there is a timeline.
class CountingObserver final : public runtime::BatchObserver {
 public:
  using Publish = std::function<void(const contracts::RunMetrics&)>;
  /// `timeline` and `publish` may be null. `publish` is called every few seconds while the run goes
  /// on, from its threads.
  CountingObserver(RunTimeline* timeline, Publish publish)
      : timeline_(timeline), publish_(std::move(publish)) {}

  void OnLaunch(const runtime::BatchReport& report) override;
  void OnEnd(const runtime::BatchReport& report) override;
  /// When the run has ended.
  const contracts::RunMetrics& metrics() const { return metrics_; }

 private:
  RunTimeline* const timeline_;
  const Publish publish_;
  base::Nanoseconds published_{0};
  contracts::RunMetrics metrics_;
};

}  // namespace reelbatch::app
