#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace reelbatch::planning {

/// The size of a video: `seconds` of video, and `work` in ms, or in any other unit that the caller
/// uses for all videos.
struct VideoAmount {
  double seconds = 0;
  double work = 0;
};

/// Estimates the total of all inputs of a run while only some of them are probed: for the total of
/// a progress bar and the remaining time.
///
/// Probed inputs count as they are. Others are estimated by their size in bytes times the ratio
/// of sums, probed seconds / probed bytes; inputs of unknown size count as the mean of the others.
/// As the largest are probed first, an estimate uses the ratio of larger files; it becomes
/// exact as the run goes on. Note [One odd file]: an hour of a still picture in 5 MB, or ten raw
/// seconds in 50 GB, would make every other file look long or short. So the ratio leaves out, at
/// either end, the files whose own ratio is more than 4 times off the median, up to a twentieth of
/// the files or one, whichever is more, from 3 probed files on.
///
/// Time: O(log ratios) per call, total() O(ratios), of which there are at most 256. Memory: does
/// not grow with the number of inputs. Threads: none; the caller holds its lock.
class TotalEstimate {
 public:
  /// Adds an input. `bytes` 0: its size is not known.
  void Add(int64_t bytes);
  /// An input was probed; `bytes` as in Add().
  void Probed(int64_t bytes, const VideoAmount& amount);
  /// An input does not count: its probe failed, or it needs no work.
  void Dropped(int64_t bytes);

  struct Total {
    VideoAmount amount;
    bool exact = true;  // every input was probed or dropped
  };
  /// Not set: inputs are left, and no probed input can be used for an estimate.
  std::optional<Total> total() const;
  /// Inputs that were neither probed nor dropped.
  int64_t unprobed() const { return unprobed_ + unknown_; }

 private:
  struct Files {
    int64_t count = 0;
    double bytes = 0;
    VideoAmount amount;
  };
  void Forget(int64_t bytes);
  /// Probed seconds and work, and their bytes, without the odd ones.
  Files Typical() const;

  VideoAmount probed_;
  int64_t probed_count_ = 0;
  std::map<int, Files> by_ratio_;  // probed ones of known size, by half octaves of seconds per byte
  double unprobed_bytes_ = 0;      // of known size
  int64_t unprobed_ = 0;           // these
  int64_t unknown_ = 0;            // unprobed ones of unknown size
};

}  // namespace reelbatch::planning
