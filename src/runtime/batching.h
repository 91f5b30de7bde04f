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

/// The model of a component's stage, and what its batches cost by key.
struct BatchModel {
  std::string component;
  std::string stage = {};  // as StageDefinition::name
  std::string after = {};  // as StageDefinition::after
  components::UnitsFrom from = components::UnitsFrom::kSource;
  std::shared_ptr<components::UnitModel> model = nullptr;  // a thread stuck in it keeps it
  int device = 0;                                          // of BatchingOptions::devices
  bool in_order = false;
  /// The models behind it; none: a component that computes by itself. Goes into keys and into
  /// outcomes.
  std::vector<contracts::ModelUsed> used = {};
  std::string endpoint = {};  // of a server; empty: in process
  /// Errors: not_measured: its videos fail with it.
  std::function<base::Result<planning::BatchCost>(const contracts::BatchKey&)> cost = {};
  std::function<planning::LearnedLimit(const contracts::BatchKey&)> limit =
      {};  // of earlier runs; unset: none
};

/// `key` as a component gives it, with its stage and what it does not know of its model: signature,
/// runtime and device.
contracts::BatchKey KeyWithModel(contracts::BatchKey key, const BatchModel& model);

/// One batch, as it begins or as it ended.
struct BatchReport {
  contracts::BatchKey key = {};
  std::string stage_before = {};  // whose results give its units; empty: it has others
  planning::LaunchBatch launch = {};
  int device = 0;
  int lane = 0;  // of the device
  int videos = 0;
  base::Nanoseconds began{0};   // on the run's clock, when an executor took it
  base::Nanoseconds waited{0};  // the oldest of its units, until then
  int64_t units_waiting = 0;    // of all keys, at that time
  int64_t unit_bytes = 0;       // of units that wait or run
  int64_t stalls = 0;           // times that a source waited for room in them, so far
  // As it ended:
  base::Nanoseconds took{0};
  std::optional<contracts::BatchFailure> failure = {};
  planning::AfterFailure after = {};  // where it failed
  planning::LearnedLimit limit = {};  // of its key, afterwards
  bool limit_learned = false;         // it has just changed
};

/// Told of every batch. Threads: from executor threads, one at a time, outside of any lock of the
/// dispatcher.
class BatchObserver {
 public:
  virtual ~BatchObserver() = default;
  virtual void OnLaunch(const BatchReport& report) = 0;
  virtual void OnEnd(const BatchReport& report) = 0;
};

/// How units are batched. Without models nothing of it matters.
struct BatchingOptions {
  planning::Policy policy = {};
  std::vector<planning::DeviceState> devices = {};
  std::vector<BatchModel> models = {};  // of a component in the order of its stages
  /// Of units that wait or run and of what is kept with them; sources wait at this bound. A unit
  /// larger than it goes alone.
  int64_t unit_bytes = int64_t{256} << 20;
  BatchObserver* observer = nullptr;  // outlives the run; may be null
};

}  // namespace reelbatch::runtime
