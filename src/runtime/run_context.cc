#include "runtime/run_context.h"

#include <algorithm>
#include <utility>

namespace reelbatch::runtime {
namespace {

RunOptions Filled(RunOptions options) {
  options.threads = std::max(1, options.threads);
  if (options.videos_in_flight <= 0) options.videos_in_flight = options.threads;
  options.max_memory_bytes = std::max<int64_t>(0, options.max_memory_bytes);
  return options;
}

}  // namespace

RunContext::RunContext(const RunOptions& run_options, const RunDependencies& run_dependencies,
                       RunSink& run_sink, RunObserver* observer, const base::Clock& run_clock,
                       const base::CancelToken& run_cancel)
    : options(Filled(run_options)),
      dependencies(run_dependencies),
      sink(run_sink),
      clock(run_clock),
      cancel(run_cancel),
      permits(options.threads),
      work({.lanes = options.videos_in_flight,
            .max_memory_bytes = options.max_memory_bytes,
            .batching = options.batching},
           run_clock),
      board(observer, active, run_clock) {}

void RunContext::Stop(RunEnd reason, base::Error error) {
  {
    base::MutexLock lock(mutex);
    if (end_ != RunEnd::kFinished) return;
    end_ = reason;
    error_ = std::move(error);
    stopping_flag.store(true, std::memory_order_release);
  }
  work.Stop();
  permits.Stop();
  for (const auto& each : active.Snapshot()) each.video->watch.AskToStop();
}

bool RunContext::ShouldStop() {
  if (!stopping() && cancel.cancelled()) Stop(RunEnd::kCancelled);
  return stopping();
}

RunEnd RunContext::end() {
  base::MutexLock lock(mutex);
  // Whoever asks to stop after the last video has been committed has nothing left to stop.
  return end_ == RunEnd::kCancelled && work.left() == 0 ? RunEnd::kFinished : end_;
}

void RunContext::Tell(void (BatchObserver::*what)(const BatchReport&), const BatchReport& report) {
  if (options.batching.observer == nullptr) return;
  base::MutexLock lock(batch_mutex);
  (options.batching.observer->*what)(report);
}

base::Error RunContext::error() {
  base::MutexLock lock(mutex);
  return error_;
}

}  // namespace reelbatch::runtime
