#pragma once

#include <span>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/result.h"
#include "components/definition.h"
#include "contracts/cost_row.h"
#include "contracts/model.h"
#include "measure/measured_row.h"
#include "measure/protocol.h"

namespace reelbatch::measure {

/// How long batches of each size take, by the protocol; by size.
/// Errors: out_of_memory (a batch ran out of it: names the size), internal (it failed otherwise:
/// its words), cancelled.
base::Result<std::vector<Measurement>> MeasureBatches(
    components::UnitModel& model, const components::SampleUnit& unit, std::span<const int> sizes,
    const Protocol& protocol, const base::Clock& clock, const base::CancelToken& cancel);

/// What one process holds of a model. MiB.
struct ModelMemoryFigures {
  double fixed_mb = 0;  // loaded, before its first batch
  double batch_mb = 0;  // the peak of batches of one size beyond that
};

/// In the process that does nothing else: `model` has just been loaded; `before_mb` is what the
/// process held before that. Runs a batch of `size` twice, because engines build what a size needs
/// at its first. Errors: as MeasureBatches(); unavailable (the kernel does not say what this
/// process holds).
base::Result<ModelMemoryFigures> ProbeBatchMemory(components::UnitModel& model,
                                                  const components::SampleUnit& unit, int size,
                                                  double before_mb);

/// The figures on their way through a pipe: one line of JSON. Errors: corrupt (no such line).
std::string ModelMemoryJson(const ModelMemoryFigures& figures);
base::Result<ModelMemoryFigures> ParseModelMemoryJson(std::string_view text);

/// What a model's row is of.
struct ModelSubject {
  std::string component;
  std::string stage = {};  // empty: the component's only one
  std::string owner = "visual";
  std::string unit = "window";
  std::vector<contracts::ModelUsed> used;
  int max_batch = 1;  // that the component takes
  bool in_order = false;
  int threads = 1;
};

/// A row with a point for every size. `memory`, by size: none where it was not measured.
contracts::CostRow ModelRow(const Session& session, const ModelSubject& subject,
                            std::span<const int> sizes, std::span<const Measurement> times,
                            std::span<const ModelMemoryFigures> memory);

}  // namespace reelbatch::measure
