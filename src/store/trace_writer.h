#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/atomic_file.h"
#include "base/mutex.h"
#include "base/result.h"
#include "contracts/trace.h"

namespace reelbatch::store {

/// Writes the timeline of a run to a file for ui.perfetto.dev and chrome://tracing: trace events as
/// JSON, one per line, a process per group and a thread per track. Events are written as they come,
/// through a buffer of 256 KiB. The complete file appears under its name with Close(); without it,
/// or if the run is killed, the existing file is kept.
///
/// Texts are ASCII with \u escapes, invalid UTF-8 as U+FFFD: readers differ in what else they
/// accept. Threads: any, but for Close(), after which events are ignored. Source: "Trace Event
/// Format", Google, and trace_processor's importer for what readers make of it.
class TraceWriter final : public contracts::TraceSink {
 public:
  /// Errors: io (names file and remedy).
  static base::Result<std::unique_ptr<TraceWriter>> Open(const std::filesystem::path& target,
                                                         base::AtomicWrite options = {});

  contracts::TraceTrackId Track(const contracts::TraceTrack& track) override;
  void Slice(const contracts::TraceSlice& slice) override;
  void Instant(const contracts::TraceInstant& instant) override;
  void Counter(const contracts::TraceCounter& counter) override;
  void Flow(const contracts::TraceFlow& flow) override;

  /// Errors: io: also that of an earlier write. The first error ends the trace and frees its space
  /// at once, so that a full device does not stay full; later events are dropped.
  base::Status Close();

 private:
  explicit TraceWriter(base::AtomicFile file) : file_(std::move(file)) {}

  int32_t GroupLocked(const std::string& name) REQUIRES(mutex_);
  /// One event, or several with ",\n" between them.
  void Add(std::string_view events) EXCLUDES(mutex_);
  void AddLocked(std::string_view events) REQUIRES(mutex_);
  void FlushLocked() REQUIRES(mutex_);

  base::Mutex mutex_;
  std::optional<base::AtomicFile> file_ GUARDED_BY(mutex_);  // none: failed or closed
  base::Status failure_ GUARDED_BY(mutex_);
  std::string buffer_ GUARDED_BY(mutex_) = "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[";
  const char* separator_ GUARDED_BY(mutex_) = "\n";  // before the next event
  std::map<std::string, int32_t> groups_ GUARDED_BY(mutex_);
  std::map<contracts::TraceTrack, contracts::TraceTrackId> tracks_ GUARDED_BY(mutex_);
  int32_t last_id_ GUARDED_BY(mutex_) = 0;
  std::atomic<int64_t> last_flow_{0};
};

}  // namespace reelbatch::store
