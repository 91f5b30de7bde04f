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

/// What a batch gets of one unit. `state` is what the video's unit before left behind; empty for
/// its first, and where units do not depend on each other.
struct UnitInput {
  std::span<const std::byte> data;
  std::span<const std::byte> state;
};

/// What comes back for one unit: its result, and the state that travels on to the video's next
/// unit.
struct UnitOutput {
  Bytes result = {};
  Bytes state = {};
};

/// Runs micro-batches: the unit-batched part of a component, the same for all videos. Threads: any,
/// beside each other; one call a lane of its device.
class UnitModel {
 public:
  virtual ~UnitModel() = default;
  /// One output per unit, in their order, and the same ones in whatever company a unit is.
  virtual std::expected<std::vector<UnitOutput>, contracts::BatchFailure> Run(
      std::span<const UnitInput> units) = 0;
  /// Begins anew with a fresh context, after a batch failed `poisoned`. No batch of it is in
  /// flight.
  virtual void Restart() {}
};

/// Takes the units of one video and stage as they come to be. Threads: one caller at a time.
class UnitSink {
 public:
  virtual ~UnitSink() = default;
  /// The next unit, from index 0 on. Waits while too many bytes of units wait, but where a result
  /// of an earlier stage gives it (UnitFeeder). False: the run stops, or the units of this video
  /// are no longer wanted; the component may go on or stop, nothing comes of it.
  bool Push(Bytes data) { return Push(std::move(data), {}); }
  /// `kept`: what the unit's result is to be worked on with, a picture that crops are cut from. It
  /// comes back with the result (UnitFeeder::Feed()) and counts as memory that waits until then.
  virtual bool Push(Bytes data, Bytes kept) = 0;
};

/// By stage of a component.
using UnitSinks = std::vector<UnitSink*>;

/// Makes units of later stages of what an earlier stage has found in one video.
///
/// Note [Results are fed in order]: batches come back in any order, results are fed by their index,
/// so that the units they give have the same indices in every run. Feed() is beside Take(), Hear()
/// and the batches of the same video, on another thread, and may run after the component itself is
/// gone: it touches nothing of the component that is not its own.
class UnitFeeder {
 public:
  virtual ~UnitFeeder() = default;
  /// The result of the next unit, from index 0 on, and what was kept with it. Pushes none (nothing
  /// was found), one or many units; none of these calls waits. Threads: one caller at a time.
  virtual base::Status Feed(const UnitOutput& output, Bytes kept) = 0;
};

/// A component whose work on units is batched across videos, in one stage or several
/// (ComponentDefinition::stages).
class StagedComponent : public Component {
 public:
  /// After Open(): what the units of each stage may be batched with, by stage.
  virtual std::vector<contracts::BatchKey> keys() const = 0;
  /// After Open(), before the first Take() and Hear(). The sinks outlive the component and its
  /// feeders.
  virtual void Bind(const UnitSinks& sinks) = 0;
  /// After Bind(): makes of results of `stage` units of those that come after it. Null: its results
  /// give none.
  virtual std::unique_ptr<UnitFeeder> MakeFeeder(size_t /*stage*/) { return nullptr; }
  /// Where a stage has its units from results of other components: makes them. Called once, when
  /// everything that the component needs or uses has its result in `outcome`, or has failed.
  virtual base::Status TakeResults(const contracts::VideoOutcome& /*outcome*/) { return {}; }
  /// Puts its result into `outcome`. Once, after Close() and when every unit pushed has come back:
  /// outputs by stage, then by index.
  virtual base::Status Finish(std::vector<std::vector<UnitOutput>> outputs,
                              contracts::VideoOutcome& outcome) = 0;
};

/// One that has a single stage and turns frames or sound into its units.
class BatchedComponent : public StagedComponent {
 public:
  /// After Open(): what its units may be batched with.
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
