#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/result.h"
#include "measure/frame_stack.h"
#include "measure/measured_row.h"
#include "measure/row_folder.h"

namespace reelbatch::measure {

/// One row to be measured.
struct PlannedWork {
  Work work;
  contracts::InputBucket bucket;
};

/// The part (and its steps, if requested) at every size and preset, ordered so that rows with the
/// same input are consecutive.
struct Grid {
  PartName part;
  std::vector<int> short_sides = {};  // of costs::kGrid
  std::vector<contracts::Aspect> aspects = {};
  std::vector<contracts::Preset> presets = {};
  bool steps = false;
};
std::vector<PlannedWork> PlanGrid(const Grid& grid);

/// How a row ended.
enum class RowFate : uint8_t { kMeasured, kReused, kFailed };

/// A finished row, for observers. Numbers are counted from 1.
struct SweepStep {
  size_t number = 0;
  size_t total = 0;
  const PlannedWork* planned = nullptr;
  const contracts::CostRow* row = nullptr;
  RowFate fate = RowFate::kMeasured;
  base::Nanoseconds left{
      0};  // predicted time for the remaining rows, from those measured here; 0: none
};

struct SweepOptions {
  bool resume = false;  // existing rows with the same identity are not measured again
  bool times = true;
  bool memory = false;
};

/// What a sweep calls. Errors of `input` and `probe` are the row's, other than cancelled.
struct SweepCallbacks {
  /// The frames of a size; called again when the size changes.
  std::function<base::Result<FrameStack>(const contracts::InputBucket&)> input;
  /// Memory of a work in its own process.
  std::function<base::Result<MemoryFigures>(const Work&, const FrameStack&)> probe;
  std::function<void(const SweepStep&)> on_row;
};

struct SweepReport {
  int measured = 0;
  int reused = 0;
  int failed = 0;
  int noisy = 0;
  std::vector<contracts::CostRow> rows;  // in the order of the plan
};

/// Measures row after row and writes each to its file as soon as it is done: if the process is
/// killed, only the current row is lost. A row that fails contains its error, and the others
/// continue. Errors: cancelled (finished rows are kept), io (a row could not be written).
base::Result<SweepReport> Sweep(const Session& session, const std::vector<PlannedWork>& plan,
                                const SweepOptions& options, const RowFolder& folder,
                                const SweepCallbacks& callbacks, const base::Clock& clock,
                                const base::CancelToken& cancel);

}  // namespace reelbatch::measure
