#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/result.h"
#include "components/component.h"
#include "contracts/batch.h"
#include "contracts/batch_failure.h"

namespace reelbatch::components {

using Bytes = std::vector<std::byte>;

/// The input of a batch for one unit. `state` is the state after the unit before it in the same
/// video; empty for the first unit, and if units do not depend on each other.
struct UnitInput {
  std::span<const std::byte> data;
  std::span<const std::byte> state;
};

/// The output of a batch for one unit: its result, and the state for the next unit of the same
/// video.
struct UnitOutput {
  Bytes result = {};
  Bytes state = {};
};

/// Runs batches: the part of a component that works on units, shared by all videos.
/// Threads: any thread, several at a time; one call per lane of its device.
class UnitModel {
 public:
  virtual ~UnitModel() = default;
  /// Returns one output per unit, in their order. The output for a unit does not depend on the
  /// other units of the batch.
  virtual std::expected<std::vector<UnitOutput>, contracts::BatchFailure> Run(
      std::span<const UnitInput> units) = 0;
  /// Starts again with a new context, after a batch failed with `poisoned`. No batch of this model
  /// is running.
  virtual void Restart() {}
  /// Whether Run() always returns within a time of its own; else it may hang.
  virtual bool has_deadline() const { return false; }
};

/// Accepts the units of one video and stage.
/// Threads: one caller at a time.
class UnitSink {
 public:
  virtual ~UnitSink() = default;
  /// Adds the next unit; units are counted from 0. Waits while too many bytes of units wait, except
  /// when a UnitFeeder calls it. False: the run stops, or the units of this video are no longer
  /// needed; further units are ignored.
  bool Push(Bytes data) { return Push(std::move(data), {}); }
  /// `kept`: data that is needed together with the result of the unit, e.g. a picture from which
  /// crops are cut. It is passed to UnitFeeder::Feed() with the result, and counts as memory of
  /// waiting units until then.
  virtual bool Push(Bytes data, Bytes kept) = 0;
};

/// By stage of a component.
using UnitSinks = std::vector<UnitSink*>;

/// Makes units of later stages from the results of an earlier stage, for one video.
///
/// Note [Results are fed in order]: batches finish in any order, but results are fed in the order
/// of their index, so that the units made from them have the same indices in every run. Feed() runs
/// on another thread than Take() and Hear(), while batches of the same video run, and perhaps after
/// the component is destroyed: it must only use its own data.
class UnitFeeder {
 public:
  virtual ~UnitFeeder() = default;
  /// Gets the result of the next unit, counted from 0, and the data that was kept with it. It may
  /// push no unit (if nothing was found), one or many; none of these calls waits. Threads: one
  /// caller at a time.
  virtual base::Status Feed(const UnitOutput& output, Bytes kept) = 0;
};

/// A component whose units are batched across videos, in one or several stages
/// (ComponentDefinition::stages).
class StagedComponent : public Component {
 public:
  /// After Open(): the batch keys of each stage.
  virtual std::vector<contracts::BatchKey> keys() const = 0;
  /// Called after Open(), before the first Take() and Hear(). The sinks outlive the component and
  /// its feeders.
  virtual void Bind(const UnitSinks& sinks) = 0;
  /// After Bind(): makes units of the stages that come after `stage` from its results. Null: there
  /// are no such stages.
  virtual std::unique_ptr<UnitFeeder> MakeFeeder(size_t /*stage*/) { return nullptr; }
  /// Makes the units of stages that use results of other components. Called once, when
  /// everything that the component needs or uses has a result in `outcome`, or has failed.
  virtual base::Status TakeResults(const contracts::VideoOutcome& /*outcome*/) { return {}; }
  /// Writes its result to `outcome`. Called once, after Close() and when all pushed units have
  /// results: outputs by stage, then by index.
  virtual base::Status Finish(std::vector<std::vector<UnitOutput>> outputs,
                              contracts::VideoOutcome& outcome) = 0;
};

/// A component with a single stage, which makes its units from frames or sound.
class BatchedComponent : public StagedComponent {
 public:
  /// After Open(): its batch key.
  virtual contracts::BatchKey key() const = 0;
  /// As StagedComponent::Bind().
  virtual void Bind(UnitSink& sink) = 0;
  /// As StagedComponent::Finish().
  virtual base::Status Finish(std::vector<UnitOutput> outputs,
                              contracts::VideoOutcome& outcome) = 0;

  std::vector<contracts::BatchKey> keys() const final { return {key()}; }
  void Bind(const UnitSinks& sinks) final { Bind(*sinks.front()); }
  base::Status Finish(std::vector<std::vector<UnitOutput>> outputs,
                      contracts::VideoOutcome& outcome) final {
    return Finish(std::move(outputs.front()), outcome);
  }
};

}  // namespace reelbatch::components
