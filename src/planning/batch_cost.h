#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "contracts/cost_row.h"

namespace reelbatch::planning {

/// The memory that a batch uses.
enum class MemoryKind : uint8_t { kVram, kRam };

/// The cost of batches of one key by their size: a cost row, ready for planning.
/// Units: ms of a whole batch; MB (MiB).   Threads: pure, any.
struct BatchCost {
  struct Point {
    int batch = 1;
    double ms = 0;
    double peak_mb = 0;
  };
  MemoryKind memory = MemoryKind::kVram;
  int max_batch = 1;    // max_batch_size_component, but at most the largest measured size
  double fixed_mb = 0;  // of the model, once for all batches
  double fixed_ms = 0;  // without points: ms = fixed_ms + batch * ms_per_unit
  double ms_per_unit = 0;
  double mb_per_unit = 0;
  std::vector<Point> points = {};  // measured, by batch size, ascending; empty: the terms above

  /// The time of a batch. Between two points it is interpolated linearly; below the first and above
  /// the last point it is proportional to the number of units.
  double Ms(int batch) const;
  /// The memory of the batch alone. Between two points it is that of the larger point: memory has
  /// steps, and is never interpolated.
  double PeakMb(int batch) const;
  /// The largest batch in [0, max_batch] for which PeakMb(b) fits for every b up to it; 0: not even
  /// one unit.
  int LargestThatFits(double budget_mb) const;
};

/// Errors: not_measured      memory or time is N/A, which is not 0; the message names the
///                           component, the field and the command that measures it
///         invalid_argument  a limit is below 1, or figures are missing or negative; the message
///                           names the field
base::Result<BatchCost> BatchCostOf(const contracts::CostRow& row, MemoryKind memory,
                                    int default_max_batch);
/// Checks a cost as BatchCostOf() does. Messages start with `name`. Errors: invalid_argument.
base::Status CheckBatchCost(const BatchCost& cost, const std::string& name);

/// The batch size in [1, most] with the least ms per unit; the largest of equal ones (within 1e-9).
int BestRatioBatch(const BatchCost& cost, int most);

/// The batch size in [1, most] with the most units per ms if `lanes` batches run at the same time
/// and share `budget_mb`: a smaller batch may need more time per unit, but more of them can run. Of
/// equal ones the largest. With one lane BestRatioBatch(). Example: 10 + 9 b ms, 700 b MB, 4 lanes,
/// 12000 MB -> 4: four of 4 fit (46 ms), two of 8 would (82 ms).
int BestSharedBatch(const BatchCost& cost, int most, int lanes, double budget_mb);

/// The best next batch if `units` units are left and no more will come: the first of an optimal
/// series (least sum of ms, exact dynamic programming), each at most `most`. If many units are left
/// (units >= 2 * most), it is the batch with the best ratio, which then has the same time up to the
/// last batches. Time: at most O(most^2), independent of `units`.
int FirstBatch(const BatchCost& cost, int units, int most);

/// The least sum of ms for `units` units in batches of at most `most`: exact up to 2 * most; above
/// that, batches with the best ratio until the rest is exact.
double LeastMs(const BatchCost& cost, int64_t units, int most);

}  // namespace reelbatch::planning
