#include "runtime/run.h"

#include <algorithm>
#include <memory>

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
  for (const auto& job : run.active.Snapshot()) {
    if (stopping) job->watch.AskToStop();
    if (job->watch.Judge(elapsed, limits)) crew.GiveUp(*job);
  }
}

}  // namespace

RunReport Run(const std::vector<Input>& inputs, const RunOptions& options,
              const RunDependencies& dependencies, RunSink& sink, RunObserver* observer,
              const base::Clock& clock, const base::CancelToken& cancel) {
  const auto run =
      std::make_shared<RunContext>(inputs, options, dependencies, sink, observer, clock, cancel);
  RunReport report;
  {
    ExecutorCrew executors(run);
    LaneCrew crew(run);
    for (int lane = 0; lane < run->options.videos_in_flight; ++lane) crew.Start();
    // The calling thread has nothing else to do: it is the watchdog.
    const std::chrono::milliseconds interval = LookEvery(options.stall_timeout);
    base::Nanoseconds looked = clock.Steady();
    base::Nanoseconds told = looked;
    while (!crew.WaitForEnd(interval)) {
      const base::Nanoseconds now = clock.Steady();
      Look(*run, crew, now - looked);
      executors.Look(now - looked);
      looked = now;
      if (now - told < kTellEvery) continue;
      run->board.Tell(run->work.all_probed());
      told = now;
    }
    while (!executors.WaitForEnd(interval)) {
      const base::Nanoseconds now = clock.Steady();
      executors.Look(now - looked);
      looked = now;
    }
    report.lanes_given_up = crew.given_up() + executors.given_up();
  }
  run->board.Tell(run->work.all_probed());
  report.end = run->end();
  report.sink_error = run->error();
  report.observer_error = run->board.observer_error();
  report.most_bytes_admitted = run->work.most_bytes();
  report.totals = run->board.Now(run->work.all_probed());
  return report;
}

}  // namespace reelbatch::runtime
