#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "contracts/trace.h"
#include "runtime/batching.h"
#include "runtime/run_sink.h"
#include "store/trace_writer.h"

namespace reelbatch::app {

/// Draws a run, or a simulated one, as a timeline: a track per source lane and per executor, slices
/// for videos, batches and commits, arrows from videos over the batches of their stages to commits,
/// counters of what waits. Threads: any.
class RunTimeline {
 public:
  /// Times count from `started`. `names`: of videos, by rank.
  RunTimeline(contracts::TraceSink& sink, base::Nanoseconds started, std::vector<std::string> names)
      : sink_(sink), started_(started), names_(std::move(names)) {}

  void SourceBegins(int video, int lane, base::Nanoseconds now) EXCLUDES(mutex_);
  /// `second`: it was a second pass.
  void SourceEnded(int video, int lane, base::Nanoseconds began, base::Nanoseconds ended,
                   bool second = false) EXCLUDES(mutex_);
  void Committed(int video, int lane, base::Nanoseconds began, base::Nanoseconds ended)
      EXCLUDES(mutex_);
  void Batch(const runtime::BatchReport& report) EXCLUDES(mutex_);
  void Waiting(base::Nanoseconds at, int64_t units, int64_t unit_bytes);
  void Memory(base::Nanoseconds at, double rss_mb);

 private:
  struct Place {
    contracts::TraceTrackId track = {};
    base::Nanoseconds at{0};
  };
  base::Nanoseconds Since(base::Nanoseconds time) const { return time - started_; }
  contracts::TraceTrackId Lane(int lane);
  std::string Name(int video) const;
  void Arrow(const char* name, const Place& from, const Place& to);

  contracts::TraceSink& sink_;
  const base::Nanoseconds started_;
  const std::vector<std::string> names_;
  base::Mutex mutex_;
  std::map<int, std::vector<Place>> sources_
      GUARDED_BY(mutex_);  // where a video's arrows begin, by pass
  std::map<int, std::map<std::string, Place>> last_batches_
      GUARDED_BY(mutex_);  // of a video, by stage
};

}  // namespace reelbatch::app
