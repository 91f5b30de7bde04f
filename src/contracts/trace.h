#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"

namespace reelbatch::contracts {

/// One row of the timeline of a run, below the heading `group`: {"lanes", "lane 0"}, {"device cpu",
/// "executor 0"}.
struct TraceTrack {
  std::string group;
  std::string name;
  friend auto operator<=>(const TraceTrack&, const TraceTrack&) = default;
};

/// What a sink calls a track; given by TraceSink::Track() of the same sink.
struct TraceTrackId {
  int32_t group = 0;
  int32_t track = 0;
};

struct TraceArgument {
  std::string name;
  std::variant<std::string, int64_t, double> value;
};

/// Something that took a while: a video on its lane, a batch on its executor, an artifact being
/// written. Half open: [begin, begin + duration). Two slices of one track lie beside each other or
/// one inside the other.
struct TraceSlice {
  TraceTrackId track = {};
  base::Nanoseconds begin{0};
  base::Nanoseconds duration{0};
  std::string name;
  std::vector<TraceArgument> arguments = {};
};

/// Something that happened at once: oom, limit_learned, artifact_written.
struct TraceInstant {
  TraceTrackId track = {};
  base::Nanoseconds at{0};
  std::string name;
  std::vector<TraceArgument> arguments = {};
};

/// A value from `at` on, until the next of the same group and name: {"device cuda:0", "VRAM",
/// "MB"}.
struct TraceCounter {
  std::string group;
  std::string name;
  std::string unit;
  base::Nanoseconds at{0};
  double value = 0;
};

struct TracePoint {
  TraceTrackId track = {};
  base::Nanoseconds at{0};
};

/// An arrow from the slice around one point to that around another: from a video to a batch with
/// units of it, from there to the artifact that its results went into. Perfetto draws either end at
/// what began last on its track up to then, slice or instant: so nothing else may begin between the
/// slice's begin and the point.
struct TraceFlow {
  std::string name;
  TracePoint from;
  TracePoint to;
};

/// Where the timeline of a run goes. Times count from the start of the run; a negative one is taken
/// as 0. Nothing is kept for later, so that a run of a million batches needs no more memory than
/// one of ten; what fails is told by whoever made the sink, for it is no reason to end a run.
///
/// Events may come in any order of time, but for those at the same instant of a track: there what
/// comes first lies around or before what comes later. So a slice comes before the slices inside
/// that begin with it, and a flow that touches a slice at its very begin comes after that slice.
/// Threads: any.
class TraceSink {
 public:
  virtual ~TraceSink() = default;
  /// The same track, asked for again, has the same id. Groups, and tracks within one, are shown in
  /// the order in which they were first asked for.
  virtual TraceTrackId Track(const TraceTrack& track) = 0;
  virtual void Slice(const TraceSlice& slice) = 0;
  virtual void Instant(const TraceInstant& instant) = 0;
  /// A value that is not finite is left out.
  virtual void Counter(const TraceCounter& counter) = 0;
  virtual void Flow(const TraceFlow& flow) = 0;
};

}  // namespace reelbatch::contracts
