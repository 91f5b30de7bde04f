#pragma once

#include <cstddef>
#include <expected>
#include <span>
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

/// Takes the units of one video and component as they come to be.
class UnitSink {
 public:
  virtual ~UnitSink() = default;
  /// The next unit, from index 0 on. Waits while too many bytes of units wait. False: the run
  /// stops, or the units of this video are no longer wanted; the component may go on or stop,
  /// nothing comes of it.
  virtual bool Push(Bytes data) = 0;
};

/// A component that turns frames or sound into units, whose results it gets when all of them are
/// done.
class BatchedComponent : public Component {
 public:
  /// After Open(): what its units may be batched with.
  virtual contracts::BatchKey key() const = 0;
  /// After Open(), before the first Take() and Hear(). `sink` outlives the component's last
  /// Close().
  virtual void Bind(UnitSink& sink) = 0;
  /// Puts its result into `outcome`. Once, after Close() and when every unit pushed has come back:
  /// outputs by index.
  virtual base::Status Finish(std::vector<UnitOutput> outputs,
                              contracts::VideoOutcome& outcome) = 0;
};

}  // namespace reelbatch::components
