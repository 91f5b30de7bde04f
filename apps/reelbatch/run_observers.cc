#include "apps/reelbatch/run_observers.h"

#include <string>

#include "measure/process_memory.h"

namespace reelbatch::app {
namespace {

int Rank(const runtime::Input& input) { return input.rank >= 0 ? input.rank : input.id; }

}  // namespace

void DrawingObserver::OnDecode(const runtime::Input& input, int lane, base::Nanoseconds now) {
  timeline_.SourceBegins(Rank(input), lane, now);
  next_.OnDecode(input, lane, now);
}

void DrawingObserver::OnStretch(const runtime::LaneStretch& stretch) {
  using Work = runtime::LaneStretch::Work;
  if (stretch.work != Work::kCommit) {
    timeline_.SourceEnded(Rank(stretch.input), stretch.lane, stretch.began, stretch.ended,
                          stretch.work == Work::kSecondPass);
  } else {
    timeline_.Committed(Rank(stretch.input), stretch.lane, stretch.began, stretch.ended);
  }
  next_.OnStretch(stretch);
}

void DrawingObserver::OnProgress(const runtime::Progress& progress) {
  if (const auto rss_mb = measure::ReadProcessMemory().rss_mb)
    timeline_.Memory(clock_.Steady(), *rss_mb);
  next_.OnProgress(progress);
}

void DrawingObserver::OnVideoDone(const runtime::Input& input,
                                  const contracts::VideoOutcome& outcome) {
  next_.OnVideoDone(input, outcome);
}

void CountingObserver::OnLaunch(const runtime::BatchReport& report) {
  metrics_.CountLaunch(report.key, std::string(planning::BindingName(report.launch.binding)),
                       static_cast<int64_t>(report.launch.units.size()),
                       std::chrono::duration<double>(report.waited).count());
  metrics_.bytes_in_flight = report.unit_bytes;
  if (timeline_ != nullptr)
    timeline_->Waiting(report.began, report.units_waiting, report.unit_bytes);
}

void CountingObserver::OnEnd(const runtime::BatchReport& report) {
  if (!report.failure) {
    metrics_.units += static_cast<int64_t>(report.launch.units.size());
    const double took_ms = std::chrono::duration<double, std::milli>(report.took).count();
    if (took_ms > 0)
      metrics_.CountActual(report.key, report.launch.predicted_ms / took_ms, std::nullopt);
  } else {
    if (contracts::IsOutOfMemory(report.failure->failure)) ++metrics_.oom[report.failure->failure];
    metrics_.splits += report.after.pieces.size() > 1 ? 1 : 0;
  }
  metrics_.bytes_in_flight = report.unit_bytes;
  metrics_.decode_stalls = report.stalls;
  if (timeline_ != nullptr) timeline_->Batch(report);
  constexpr std::chrono::seconds kBetween(5);  // a scrape comes every 15 s or so
  const base::Nanoseconds now = report.began + report.took;
  if (publish_ && now - published_ >= kBetween) {
    published_ = now;
    publish_(metrics_);
  }
}

}  // namespace reelbatch::app
