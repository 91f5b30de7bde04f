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

/// The time of batches of each size, measured according to the protocol; by size.
/// Errors: out_of_memory (a batch ran out of memory; the message has its size), internal (it failed
/// otherwise: its message), cancelled.
base::Result<std::vector<Measurement>> MeasureBatches(
    components::UnitModel& model, const components::SampleUnit& unit, std::span<const int> sizes,
    const Protocol& protocol, const base::Clock& clock, const base::CancelToken& cancel);

/// The memory of a process for a model. MiB.
struct ModelMemoryFigures {
  double fixed_mb = 0;  // loaded, before its first batch
  double batch_mb = 0;  // the additional peak of batches of one size
};

/// Runs in its own process: `model` has just been loaded; `before_mb` is the memory of the
/// process before that. Runs a batch of `size` twice, because engines allocate memory for a size
/// at its first batch. Errors: as MeasureBatches(); unavailable (the kernel does not report the
/// memory of this process).
base::Result<ModelMemoryFigures> ProbeBatchMemory(components::UnitModel& model,
                                                  const components::SampleUnit& unit, int size,
                                                  double before_mb);

/// The figures for a pipe: one line of JSON. Errors: corrupt (the line is wrong).
std::string ModelMemoryJson(const ModelMemoryFigures& figures);
base::Result<ModelMemoryFigures> ParseModelMemoryJson(std::string_view text);

/// The subject of a row of a model.
struct ModelSubject {
  std::string component;
  std::string stage = {};  // empty: the component has one stage
  std::string owner = "visual";
  std::string unit = "window";
  std::vector<contracts::ModelUsed> used;
  int max_batch = 1;  // the limit of the component
  bool in_order = false;
  int threads = 1;
};

/// A row with a point for every size. `memory`, by size: none if it was not measured.
contracts::CostRow ModelRow(const Session& session, const ModelSubject& subject,
                            std::span<const int> sizes, std::span<const Measurement> times,
                            std::span<const ModelMemoryFigures> memory);

}  // namespace reelbatch::measure
