#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "components/batched_component.h"
#include "components/definition.h"
#include "contracts/model.h"
#include "planning/ledger.h"

namespace reelbatch::runtime {

/// The model of a stage of a component, and the cost of its batches by key.
struct BatchModel {
  std::string component;
  std::string stage = {};  // as StageDefinition::name
  std::string after = {};  // as StageDefinition::after
  components::UnitsFrom from = components::UnitsFrom::kSource;
  std::shared_ptr<components::UnitModel> model =
      nullptr;     // a thread that is stuck in it keeps it alive
  int device = 0;  // of BatchingOptions::devices
  bool in_order = false;
  /// The models that it uses; empty: the component computes without a model. Part of keys and of
  /// outcomes.
  std::vector<contracts::ModelUsed> used = {};
  std::string endpoint = {};  // address of a server; empty: in process
  /// Errors: not_measured; videos of the key then fail with it.
  std::function<base::Result<planning::BatchCost>(const contracts::BatchKey&)> cost = {};
  std::function<planning::LearnedLimit(const contracts::BatchKey&)> limit =
      {};  // learned limits of earlier runs; not set: none
};

/// Completes the `key` of a component with the stage, and with what the component does not know
/// about its model: signature, runtime and device.
contracts::BatchKey KeyWithModel(contracts::BatchKey key, const BatchModel& model);

/// One batch, when it begins and when it has ended.
struct BatchReport {
  contracts::BatchKey key = {};
  std::string stage_before = {};  // the stage whose results give its units; empty: another source
  planning::LaunchBatch launch = {};
  int device = 0;
  int lane = 0;  // lane of the device
  int videos = 0;
  base::Nanoseconds began{0};   // on the clock of the run, when an executor started it
  base::Nanoseconds waited{0};  // waiting time of its oldest unit
  int64_t units_waiting = 0;    // of all keys, at that time
  int64_t unit_bytes = 0;       // of units that wait or run
  int64_t stalls = 0;           // times that sources waited for memory of units, so far
  // As it ended:
  base::Nanoseconds took{0};
  std::optional<contracts::BatchFailure> failure = {};
  planning::AfterFailure after = {};  // if it failed
  planning::LearnedLimit limit = {};  // of its key, afterwards
  bool limit_learned = false;         // the limit has just changed
};

/// Observer of batches. Threads: executor threads, one at a time, outside of the lock of the
/// dispatcher.
class BatchObserver {
 public:
  virtual ~BatchObserver() = default;
  virtual void OnLaunch(const BatchReport& report) = 0;
  virtual void OnEnd(const BatchReport& report) = 0;
};

/// How units are batched. Without models it has no effect.
struct BatchingOptions {
  planning::Policy policy = {};
  std::vector<planning::DeviceState> devices = {};
  std::vector<BatchModel> models = {};  // for each component in the order of its stages
  /// Limit for units that wait or run, and for data kept with them; sources wait at this limit. A
  /// unit that is larger than the limit is processed alone.
  int64_t unit_bytes = int64_t{256} << 20;
  BatchObserver* observer = nullptr;  // must outlive the run; may be null
};

}  // namespace reelbatch::runtime
