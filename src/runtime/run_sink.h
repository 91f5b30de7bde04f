#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/result.h"
#include "contracts/outcome.h"

namespace reelbatch::runtime {

/// One input of a run. `id` is its place in the order of submission, counted from 0; `rank` is that
/// by (platform_id, video_id), which orders units inside a batch; -1: as `id`. `bytes`: the size of
/// the file; the largest are probed first; 0: not known.
struct Input {
  int id = 0;
  std::filesystem::path path;
  int rank = -1;
  int64_t bytes = 0;
};

inline int RankOf(const Input& input) { return input.rank >= 0 ? input.rank : input.id; }

/// Existing results of an input.
struct EarlierWork {
  /// Set: nothing needs to be computed (status kSkipped).
  std::optional<contracts::VideoOutcome> outcome = std::nullopt;
  /// Otherwise: components whose results exist, and which are not made for this input.
  std::vector<std::string> done = {};
};

/// The part of EarlierWork that the components use.
struct LoadedWork {
  std::vector<std::string> done = {};  // as before, without results that cannot be read
  /// Of components in `done`, or that the run does not make: added to the outcome of the video
  /// before its components close.
  std::map<std::string, contracts::ComponentResult, std::less<>> results = {};
  /// Of components that cannot be made for this input.
  std::map<std::string, contracts::Fault, std::less<>> faults = {};
};

/// Receives results and knows finished work; programs connect `store` here.
/// Threads: called from every lane; an implementation must lock.
class RunSink {
 public:
  virtual ~RunSink() = default;

  /// Whether Begin() probably finds earlier work, without reading the source: for example, an
  /// artifact exists. Only then is Begin() called before the probe, so that a run of thousands of
  /// finished videos opens none of them, while a fresh run does not hash thousands of files before
  /// its first result. A wrong answer only costs time.
  virtual bool LikelyFinished(const Input& /*input*/) { return false; }

  /// Called before a video is decoded. Returns the earlier, still valid work for it. May
  /// read the whole file (content hash); `cancel` ends that early. Errors: io (the source cannot be
  /// read: becomes the fault of the video), cancelled; any other error ends the run (the output
  /// folder failed).
  virtual base::Result<EarlierWork> Begin(const Input& input, const base::CancelToken& cancel) = 0;

  /// Called before a video is decoded, and again if it starts over. Not earlier, so that a
  /// run of thousands of videos has the results of few in memory. Errors: io, out_of_memory
  /// (become the fault of the video); any other error ends the run.
  virtual base::Result<LoadedWork> Load(const Input& /*input*/, std::vector<std::string> done) {
    return LoadedWork{.done = std::move(done)};
  }

  /// Called exactly once per input for which Begin() did not return an outcome (or failed with
  /// io), with success, empty or error, for the components that were not done. May change
  /// `outcome` to what it recorded instead (source_changed); this is counted and observed.
  /// Errors: any error ends the run (no space, no permission); committed work is kept.
  virtual base::Status Commit(const Input& input, contracts::VideoOutcome& outcome) = 0;
};

/// The progress of a run, for a progress bar. All counts cover the whole run.
struct Progress {
  int videos_total = 0;
  int videos_done = 0;  // success, empty, error or skipped
  int videos_failed = 0;
  int videos_skipped = 0;
  int videos_in_flight = 0;
  double media_s_total = 0;  // seconds of video to process; estimated by size until all are probed
  double media_s_done = 0;   // by PTS, including running videos
  int64_t frames_done = 0;
  double elapsed_s = 0;
  std::optional<double> eta_s;
};

/// What a lane did with one video. Times on the clock of the run.
struct LaneStretch {
  enum class Work : uint8_t { kDecode, kSecondPass, kCommit };
  Work work = Work::kDecode;
  Input input;
  int lane = 0;
  base::Nanoseconds began{0};
  base::Nanoseconds ended{0};
};

/// Observer of progress. Threads: called from one thread at a time.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  /// A lane begins to decode a video; an OnStretch() with the same begin follows, unless the lane
  /// is given up.
  virtual void OnDecode(const Input& /*input*/, int /*lane*/, base::Nanoseconds /*now*/) {}
  virtual void OnStretch(const LaneStretch& /*stretch*/) {}
  virtual void OnProgress(const Progress& progress) = 0;  // a few times per second
  virtual void OnVideoDone(const Input& input, const contracts::VideoOutcome& outcome) = 0;
};

}  // namespace reelbatch::runtime
