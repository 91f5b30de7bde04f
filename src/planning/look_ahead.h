#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

namespace reelbatch::planning {

/// Chooses which input of a run is probed next, and limits how many probed videos wait.
///
/// Inputs are known by their size in bytes. The largest are probed first, because the size is the
/// best predictor of the length that needs no read. At most `window` videos are probed, or being
/// probed, and not yet started; of these the caller starts the longest. A window that is larger
/// than the number of inputs gives "longest first" over all of them.
///
/// Inputs may be added at any time. Time: Add() and Probe() O(log n) of the unprobed inputs, the
/// others O(1). Memory: 24 bytes per unprobed input. Threads: none; the caller holds its lock.
/// Example: window 2; Add(0, 10), Add(1, 0), Add(2, 30) -> Probe() is 2, then 0, then nothing;
/// after Leave() it is 1.
class LookAhead {
 public:
  /// `window`: videos; below 1 counts as 1.
  explicit LookAhead(int window);

  /// Adds an input. `bytes` 0: its size is not known, and it comes after all inputs whose size
  /// is known. Among equal sizes, the one that was added first comes first. `video`: any number of
  /// the caller, each used once.
  void Add(int video, int64_t bytes);
  /// The input to probe next; it is in the window from then on. Not set: the window is full, or no
  /// unprobed input is left.
  std::optional<int> Probe();
  /// An input from Probe() leaves the window: it was started, or its probe failed, or it needs no
  /// start. Once for each.
  void Leave();

  /// Whether a video may be started: the window is full, or no unprobed input is left. So the
  /// longest of a window is known before the first start. A probe that is under way counts as in
  /// the window, so one that hangs does not stop the others.
  bool filled() const { return in_window_ >= window_ || unprobed_.empty(); }
  /// Probed or being probed, and not left.
  int in_window() const { return in_window_; }
  /// Inputs that Probe() has not returned yet.
  int64_t unprobed() const { return static_cast<int64_t>(unprobed_.size()); }

 private:
  struct Unprobed {
    int64_t bytes = 0;
    int64_t turn = 0;  // in which it was added
    int video = 0;
  };
  /// As std::priority_queue wants it: the last in this order is on top.
  struct ProbedLater {
    bool operator()(const Unprobed& a, const Unprobed& b) const {
      return a.bytes != b.bytes ? a.bytes < b.bytes : a.turn > b.turn;
    }
  };

  int window_;
  int in_window_ = 0;
  int64_t added_ = 0;
  std::priority_queue<Unprobed, std::vector<Unprobed>, ProbedLater> unprobed_;
};

/// How many videos may be probed and not started, for this number of decode lanes.
///
/// max(64, 8 * lanes): docs/decisions/0026 has the simulation. Threads: pure, any.
int LookAheadWindow(int lanes);

}  // namespace reelbatch::planning
