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

/// One input of a run. `id` is its place in the order of submission, from 0; `rank` that by
/// (platform_id, video_id), which orders units inside a batch; -1: as `id`. `bytes`: the size of
/// the file, by which the largest are looked at first; 0: not known.
struct Input {
  int id = 0;
  std::filesystem::path path;
  int rank = -1;
  int64_t bytes = 0;
};

inline int RankOf(const Input& input) { return input.rank >= 0 ? input.rank : input.id; }

/// What a sink has of an input already.
struct EarlierWork {
  /// Set: nothing is to be done (status kSkipped).
  std::optional<contracts::VideoOutcome> outcome = std::nullopt;
  /// Else: components whose results are there and which are not made for this input.
  std::vector<std::string> done = {};
};

/// What of EarlierWork the components that are made take.
struct LoadedWork {
  std::vector<std::string> done = {};  // as before, but for results that cannot be read
  /// Of components in `done`, or that the run does not make: those put into the video's outcome
  /// before its components close.
  std::map<std::string, contracts::ComponentResult, std::less<>> results = {};
  /// Of components that cannot be made for this input.
  std::map<std::string, contracts::Fault, std::less<>> faults = {};
};

/// Where results go and where finished work is remembered; apps plug `store` into it.
/// Threads: called from every lane; an implementation locks by itself.
class RunSink {
 public:
  virtual ~RunSink() = default;

  /// Whether Begin() is likely to answer, without reading the source: for example, an artifact of
  /// it exists. Only then Begin() is called before the probe, so that a run of thousands of
  /// finished videos opens none of them, while a fresh run does not hash thousands of files before
  /// its first result. A wrong guess costs time only.
  virtual bool LikelyFinished(const Input& /*input*/) { return false; }

  /// Called before a video is decoded. Answers what earlier, still valid work is there of it. May
  /// read the whole file (content hash); `cancel` ends that early. Errors: io (the source cannot be
  /// read: becomes the video's fault), cancelled; any other ends the run (the output folder
  /// failed).
  virtual base::Result<EarlierWork> Begin(const Input& input, const base::CancelToken& cancel) = 0;

  /// Called before a video is decoded, and once more where it starts over. Not earlier, so that a
  /// run of thousands of videos holds the results of few in memory. Errors: io, out_of_memory
  /// (become the video's fault); any other ends the run.
  virtual base::Result<LoadedWork> Load(const Input& /*input*/, std::vector<std::string> done) {
    return LoadedWork{.done = std::move(done)};
  }

  /// Called exactly once per input that Begin() did not answer with an outcome (or answered with
  /// io), with success, empty or error, of the components that were not done. May put what it
  /// recorded instead into `outcome` (source_changed): that is what is counted and observed.
  /// Errors: any ends the run (no space, no permission): nothing that was committed before is lost.
  virtual base::Status Commit(const Input& input, contracts::VideoOutcome& outcome) = 0;
};

/// How far a run is, for a progress bar. All counts cover the whole run.
struct Progress {
  int videos_total = 0;
  int videos_done = 0;  // success, empty, error or skipped
  int videos_failed = 0;
  int videos_skipped = 0;
  int videos_in_flight = 0;
  double media_s_total =
      0;  // of the videos that had to be done; estimated by size until all are probed
  double media_s_done = 0;  // by PTS, also inside running videos
  int64_t frames_done = 0;
  double elapsed_s = 0;
  std::optional<double> eta_s;
};

/// What a lane did with one video, as it ended. Times on the run's clock.
struct LaneStretch {
  enum class Work : uint8_t { kDecode, kSecondPass, kCommit };
  Work work = Work::kDecode;
  Input input;
  int lane = 0;
  base::Nanoseconds began{0};
  base::Nanoseconds ended{0};
};

/// Told of progress. Threads: called from one thread at a time, never from two.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  /// A lane begins to decode a video; an OnStretch() with the same begin follows, unless the lane
  /// is given up.
  virtual void OnDecode(const Input& /*input*/, int /*lane*/, base::Nanoseconds /*now*/) {}
  virtual void OnStretch(const LaneStretch& /*stretch*/) {}
  virtual void OnProgress(const Progress& progress) = 0;  // a few times a second
  virtual void OnVideoDone(const Input& input, const contracts::VideoOutcome& outcome) = 0;
};

}  // namespace reelbatch::runtime
