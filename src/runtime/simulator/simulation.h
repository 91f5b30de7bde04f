#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "planning/ledger.h"
#include "planning/look_ahead.h"
#include "planning/total_estimate.h"
#include "runtime/simulator/sim_check.h"
#include "runtime/simulator/sim_pool.h"
#include "runtime/simulator/sim_video.h"
#include "runtime/simulator/sim_videos.h"
#include "runtime/simulator/simulator.h"

namespace reelbatch::runtime {

/// One play of a scenario: a queue of events, the ledger that decides, and the truth about times
/// and memory.
class Simulation {
 public:
  Simulation(const Scenario& scenario, const SimObserver& observer);
  SimResult Run();

 private:
  enum class EventKind : uint8_t { kProbeEnd, kPortion, kBatchEnd, kFault, kFaultEnd, kWake };
  struct Event {
    base::Nanoseconds at{0};
    int64_t turn = 0;
    EventKind kind = EventKind::kWake;
    int64_t id = 0;
    int epoch = 0;  // of the process; events of a killed one do not happen
    friend bool operator>(const Event& a, const Event& b) {
      return a.at != b.at ? a.at > b.at : a.turn > b.turn;
    }
  };
  struct Flight {
    planning::LaunchBatch launch;
    int component = 0;
    int lane = 0;
    base::Nanoseconds began{0};
    base::Nanoseconds ends{0};
    double mb = 0;  // in truth
    std::optional<contracts::FailureClass> failure = {};
  };

  // simulation.cc: the process and its videos
  void Boot();
  void Kill(double for_s);
  void Act();
  void Handle(const Event& event);
  void StartVideo(const planning::LaunchVideo& launch);
  void TakeLane(SimRunning& running, double ms);
  void Portion(int video);
  void Emit(SimRunning& running);
  void BlockSource(const SimRunning& running, bool blocked);
  void Unblock();
  void AddUnits(SimRunning& running, int component, int upto);
  void FreeLane(const SimRunning& running);
  void EndSource(SimRunning& running);
  void Fail(int video, int component);
  void FailAllOf(int key);
  void FinishIfDone(int video);
  // simulation_stages.cc: units from results, and second passes
  void FindStages();
  void LinkKeys(int video);
  bool IsOfSource(int component) const;
  bool Emits(const SimRunning& running, int component) const;
  void TakeOnResults();
  void TakeOn(SimRunning& running, int component);
  bool IsTakenOn(const SimProgress& progress, int component, int index) const;
  void ResultCame(SimRunning& running, int component, int index);
  bool HasResultsToTakeOn(const SimRunning& running) const;
  void HoldResults();
  void ForgetResults(SimRunning& running, int component);
  void Drop(int component, int units);
  void EndIfComplete(int video, int component);
  void BeginIfReady(int video, int component);
  void NextPass(SimRunning& running);
  void StartPass(SimRunning& running);
  void EndPass(SimRunning& running);
  bool Comes(const SimRunning& running, int component) const;
  bool CanAdd(const SimRunning& running, int component) const;
  void CheckWaits(const std::vector<int>& keys);
  void CheckPool();
  void CheckUnits(const SimRunning& running);
  // simulation_probes.cc: which videos the ledger knows
  void FindVideos();
  bool Probe();
  void EndProbe(int video);
  bool AllProbed() const;
  // simulation_batches.cc: batches, faults and the truth
  void StartBatch(const planning::LaunchBatch& launch);
  double TrueMs(const planning::LaunchBatch& launch, int component) const;
  std::optional<contracts::FailureClass> FailureOf(const planning::LaunchBatch& launch,
                                                   int component) const;
  void EndBatch(int64_t id);
  void UnitsDone(const Flight& flight);
  void UnitsFailed(const Flight& flight, const planning::AfterFailure& after);
  void Redo(const Flight& flight);
  void Fault(const SimFault& fault);
  void FaultEnds(const SimFault& fault);
  bool Active(const SimFault& fault) const;
  double HeldMb(int device) const;

  void At(base::Nanoseconds time, EventKind kind, int64_t id);
  int KeyOf(int component, int video) const;
  SimRunning* Running(int video);
  void GatherCounts();
  // simulation_bound.cc
  planning::LowerBound Bound() const;

  const Scenario& scenario_;
  const SimObserver& observer_;
  SimCorpus corpus_;
  SimResult result_;
  SimCheck check_;
  base::Nanoseconds now_{0};
  int64_t turn_ = 0;
  int epoch_ = 0;
  bool up_ = false;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::unique_ptr<planning::Ledger> ledger_;
  std::optional<planning::LookAhead> look_ahead_;
  planning::TotalEstimate work_;                // of all videos, ms
  double seen_ms_ = 0;                          // of those that the ledger was told of
  int probing_ = 0;                             // cores that are in a probe
  std::vector<int> probed_;                     // videos that the ledger does not know yet
  std::vector<planning::LearnedLimit> limits_;  // by key; survive a crash
  std::vector<std::vector<int>> keys_;          // by component, then bucket
  std::vector<int> component_of_;               // by key
  std::vector<int64_t> others_mb_;              // by device, in truth
  std::vector<bool> down_;                      // by device
  std::vector<std::set<int>> free_lanes_;       // by device
  std::set<int> free_cores_;
  std::vector<uint8_t> finished_;  // by video
  std::unordered_map<int, SimRunning> running_;
  std::deque<int> blocked_;
  std::map<int64_t, Flight> flights_;
  SimPool pool_;
  double most_portion_mb_ = 0;         // that came though it was beyond the bound
  std::map<int, double> most_fed_mb_;  // by depth: that one result gave
  std::vector<std::vector<int>> fed_;  // by component: those with units from its results
  bool has_stages_ = false;
  std::vector<bool> staged_;  // by component: whether results or second passes lie behind it
  // Results that can be taken on: -depth, so that the deepest is first, video, component.
  std::set<std::tuple<int, int, int>> ready_;
  double source_busy_s_ = 0;
  base::Nanoseconds woken_ = planning::kNever;
};

}  // namespace reelbatch::runtime
