#include "runtime/run.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "runtime/executor_crew.h"
#include "runtime/lane_crew.h"
#include "runtime/run_context.h"

namespace reelbatch::runtime {
namespace {

constexpr base::Nanoseconds kTellEvery = std::chrono::milliseconds(250);

/// How often the watchdog looks: ten times per stall_timeout, but at least five times a second,
/// because it also listens to the caller's cancel token.
std::chrono::milliseconds LookEvery(std::chrono::milliseconds stall_timeout) {
  using std::chrono::milliseconds;
  if (stall_timeout <= milliseconds(0)) return milliseconds(200);
  return std::clamp(stall_timeout / 10, milliseconds(5), milliseconds(200));
}

/// One look at every video in the hands of a lane.
void Look(RunContext& run, LaneCrew& crew, base::Nanoseconds elapsed) {
  const WatchLimits limits{.stall_timeout = run.options.stall_timeout,
                           .stall_grace = run.options.stall_grace};
  const bool stopping = run.ShouldStop();
  for (const auto& [video, decoding] : run.active.Snapshot()) {
    if (stopping) video->watch.AskToStop();
    if (video->watch.Judge(elapsed, limits)) crew.GiveUp(*video);
  }
}

}  // namespace

ActiveRun::ActiveRun(const RunOptions& options, const RunDependencies& dependencies, RunSink& sink,
                     RunObserver* observer, const base::Clock& clock,
                     const base::CancelToken& cancel)
    : run_(std::make_shared<RunContext>(options, dependencies, sink, observer, clock, cancel)) {}

ActiveRun::~ActiveRun() = default;

void ActiveRun::Submit(std::vector<Input> inputs) {
  run_->board.Add(inputs);
  run_->work.Add(std::move(inputs));
}

void ActiveRun::Close() { run_->work.Close(); }

RunReport ActiveRun::Watch() {
  const base::Clock& clock = run_->clock;
  RunReport report;
  {
    ExecutorCrew executors(run_);
    LaneCrew crew(run_);
    for (int lane = 0; lane < run_->options.videos_in_flight; ++lane) crew.Start();
    // The calling thread has nothing else to do: it is the watchdog.
    const std::chrono::milliseconds interval = LookEvery(run_->options.stall_timeout);
    base::Nanoseconds looked = clock.Steady();
    base::Nanoseconds told = looked;
    while (!crew.WaitForEnd(interval)) {
      const base::Nanoseconds now = clock.Steady();
      Look(*run_, crew, now - looked);
      executors.Look(now - looked);
      looked = now;
      if (now - told < kTellEvery) continue;
      run_->board.Tell();
      told = now;
    }
    while (!executors.WaitForEnd(interval)) {
      const base::Nanoseconds now = clock.Steady();
      executors.Look(now - looked);
      looked = now;
    }
    report.lanes_given_up = crew.given_up() + executors.given_up();
    // A lane that was given up may still come to the dispatcher, when the caller's clock is gone.
    run_->work.Stop();
  }
  run_->board.Tell();
  report.end = run_->end();
  report.sink_error = run_->error();
  report.observer_error = run_->board.observer_error();
  report.most_bytes_admitted = run_->work.most_bytes();
  report.totals = run_->board.Now();
  return report;
}

RunReport Run(const std::vector<Input>& inputs, const RunOptions& options,
              const RunDependencies& dependencies, RunSink& sink, RunObserver* observer,
              const base::Clock& clock, const base::CancelToken& cancel) {
  RunOptions enough = options;
  if (enough.videos_in_flight <= 0) enough.videos_in_flight = std::max(1, enough.threads);
  enough.videos_in_flight = static_cast<int>(
      std::clamp<size_t>(inputs.size(), 1, static_cast<size_t>(enough.videos_in_flight)));
  ActiveRun run(enough, dependencies, sink, observer, clock, cancel);
  run.Submit(inputs);
  run.Close();
  return run.Watch();
}

}  // namespace reelbatch::runtime
