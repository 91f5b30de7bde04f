#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "contracts/video.h"

namespace reelbatch::runtime {

/// Which foreign code a lane is in.
enum class Stage : uint8_t { kProbe, kOpen, kDecode, kComponent };

struct WatchLimits {
  base::Nanoseconds stall_timeout{0};  // 0: nothing is ever stuck
  base::Nanoseconds stall_grace{0};
};

/// The heartbeat of one video, shared by the lane that works on it and the watchdog that listens.
///
/// Note [Who is watched, and when]: only foreign code that can hang is watched: probe, open,
/// decode, components. A lane that waits for memory or for a CPU permit, asks RunSink::Begin()
/// (which may hash a file of any size) or commits is outside, between Leave() and Enter(). A read
/// that hangs in the kernel inside Begin(), on a dead network disk, is therefore waited for:
/// nothing in a process can end it.
///
/// Note [A lost lane]: a lane that does not come back after it was asked to stop is given up. From
/// then on it must not touch the run: the sink, the observer, the clock and the caller's inputs may
/// be gone. It learns that from Leave(), which answers kGivenUp exactly when the watchdog decided
/// so, under one mutex. Inside a watched stretch a lane touches only what it owns or shares: its
/// sources, its components and this object; the token is set before a lane is given up, so a lane
/// that comes back late sees it and starts no new foreign call.
class VideoWatch {
 public:
  enum class Verdict : uint8_t { kGoOn, kRunStops, kStuck, kGivenUp };

  /// Set to make this one video stop.
  const base::CancelToken& token() const { return token_; }

  /// Lane: foreign code begins.
  void Enter(Stage stage) EXCLUDES(mutex_);
  /// Lane, inside: something moved. False: stop as soon as possible.
  bool Beat(Stage stage);
  /// Anyone who works for the lane: something moved. As Beat(), the stage stays the lane's.
  bool Beat();
  /// Lane, inside: a frame came. As Beat().
  bool BeatFrame(contracts::FrameIndex index, double position_s);
  /// Lane: foreign code has returned.
  Verdict Leave() EXCLUDES(mutex_);
  /// Lane, outside: the video starts over.
  void Restart();

  /// Anyone: the whole run stops, and this video with it. A lane in foreign code gets stall_grace
  /// to come back.
  void AskToStop() EXCLUDES(mutex_);
  /// Watchdog: `elapsed` has passed since it last asked. True, once: the lane is given up now.
  bool Judge(base::Nanoseconds elapsed, const WatchLimits& limits) EXCLUDES(mutex_);
  /// Watchdog, after Judge() was true: whether the video was stuck (else the run was stopping
  /// anyway).
  bool stuck() const EXCLUDES(mutex_);

  int64_t frames() const { return frames_.load(std::memory_order_relaxed); }
  double position_s() const { return position_s_.load(std::memory_order_relaxed); }
  /// One line for a person: "no frame for 60 s after frame 122; the decoder was stopped ..."
  std::string StuckReason(base::Nanoseconds stall_timeout) const;

 private:
  base::CancelToken token_;
  std::atomic<uint64_t> beats_{0};
  std::atomic<Stage> stage_{Stage::kProbe};
  std::atomic<int64_t> frames_{0};
  std::atomic<contracts::FrameIndex> last_frame_{-1};
  std::atomic<double> position_s_{0};

  mutable base::Mutex mutex_;
  bool watched_ GUARDED_BY(mutex_) = false;
  bool asked_ GUARDED_BY(mutex_) = false;  // to stop
  bool stuck_ GUARDED_BY(mutex_) = false;
  bool given_up_ GUARDED_BY(mutex_) = false;
  uint64_t heard_ GUARDED_BY(mutex_) = 0;            // beats at the last look
  base::Nanoseconds silence_ GUARDED_BY(mutex_){0};  // since the last beat, or since it was asked
};

}  // namespace reelbatch::runtime
