#pragma once

#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "components/batched_component.h"
#include "runtime/model_gate.h"
#include "runtime/run_context.h"

namespace reelbatch::runtime {

/// The threads that run micro-batches: one a lane of each device. Threads: one owner.
class ExecutorCrew {
 public:
  /// Starts them; without models there are none. Where the system has no thread left the run stops.
  explicit ExecutorCrew(std::shared_ptr<RunContext> run);
  /// Joins them: the run must be finished or stopped.
  ~ExecutorCrew();
  ExecutorCrew(const ExecutorCrew&) = delete;
  ExecutorCrew& operator=(const ExecutorCrew&) = delete;

 private:
  using ModelGates = std::map<const components::UnitModel*, ModelGate>;
  static void RunBatches(RunContext& run, ModelGates& gates, int device, int lane);

  std::shared_ptr<RunContext> run_;
  ModelGates gates_;
  std::vector<std::thread> threads_;
};

}  // namespace reelbatch::runtime
