#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "planning/ledger.h"
#include "planning/look_ahead.h"
#include "planning/total_estimate.h"
#include "runtime/run_sink.h"
#include "runtime/video.h"

namespace reelbatch::runtime {

/// Chooses what decode lanes do next: probe an input, decode a video, or conclude one. The ledger
/// decides which of the probed videos is decoded; this class knows the videos for its numbers.
///
/// Note [A bounded look-ahead]: inputs are known by their size until they are probed, the largest
/// first, and no more of them are probed than planning::LookAhead has places for. So the first
/// frame of a run does not wait for the probes of all inputs, and memory does not grow with their
/// number. The first video is decoded when those places are full or nothing is left to probe, while
/// the last of them may still be in a lane: a container that hangs in its probe does not
/// stop the others. (docs/decisions/0026)
///
/// Threads: none; the dispatcher holds its lock. `ledger` outlives it.
class SourceQueue {
 public:
  /// `feeds`: VideoTask::feeds of every video.
  SourceQueue(planning::Ledger& ledger, int lanes, int feeds);

  void Add(std::vector<Input> inputs);
  /// Ends the input.
  void Close() { closed_ = true; }
  /// One input is finished.
  void Finish() { --left_; }

  /// The next one, in state Found, Admitted without its lease, or Concluding. Null: there is none
  /// now.
  std::shared_ptr<Video> Take();
  /// In state Probed: for the first time (from a lane's probe), or again.
  void PutProbed(std::shared_ptr<Video> video);
  /// In state Concluding.
  void PutConcluding(std::shared_ptr<Video> video) { concluding_.push_back(std::move(video)); }
  /// A probe from Take() has ended. If the video was not put back, it leaves the
  /// window.
  void EndProbe(const Input& input);
  /// The ledger has started (or rejected) the video of this rank.
  void Launch(int rank, bool fast);

  /// Tells the ledger whether started videos wait for a lane.
  void TellHeldUp(bool held_up);

  int probing() const { return probing_; }
  /// Inputs that are not finished, including those in flight.
  int64_t left() const { return left_; }
  bool finished() const { return closed_ && left_ == 0; }

 private:
  void Release();
  /// Tells the ledger the predicted time of all inputs that it does not know yet.
  void TellUnseen();
  void Wait(std::shared_ptr<Video> video);

  planning::Ledger& ledger_;
  const int feeds_;
  planning::LookAhead look_ahead_;
  planning::TotalEstimate work_;                             // of all inputs, as VideoPlan::work
  double seen_work_ = 0;                                     // of those that the ledger was told of
  std::unordered_map<int, Input> found_;                     // not probed, by id
  std::unordered_set<int> in_probe_;                         // ids that no lane has put back
  int probing_ = 0;                                          // lanes that are in a probe
  bool launching_ = false;                                   // the window was filled once
  std::vector<std::shared_ptr<Video>> held_;                 // probed, until then
  std::unordered_map<int, std::shared_ptr<Video>> waiting_;  // for the ledger, by rank
  std::deque<std::shared_ptr<Video>> launched_;              // by the ledger, not taken
  std::deque<std::shared_ptr<Video>> concluding_;
  int64_t left_ = 0;
  bool closed_ = false;
};

}  // namespace reelbatch::runtime
