#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "contracts/cost_row.h"

namespace reelbatch::planning {

/// Where a batch's memory is taken from.
enum class MemoryKind : uint8_t { kVram, kRam };

/// What a batch of one key costs by its size: a row of costs, ready to plan with.
/// Units: ms of a whole batch; MB (MiB).   Threads: pure, any.
struct BatchCost {
  struct Point {
    int batch = 1;
    double ms = 0;
    double peak_mb = 0;
  };
  MemoryKind memory = MemoryKind::kVram;
  int max_batch = 1;    // max_batch_size_component, and no more than was measured
  double fixed_mb = 0;  // of the model, once, however many batches
  double fixed_ms = 0;  // without points: ms = fixed_ms + batch * ms_per_unit
  double ms_per_unit = 0;
  double mb_per_unit = 0;
  std::vector<Point> points = {};  // measured, by batch, ascending; empty: the terms above

  /// Between two points a straight line for time; below the first and behind the last its share per
  /// unit.
  double Ms(int batch) const;
  /// Of the batch alone. Between two points the larger one's: curves have steps, and are never
  /// interpolated upward.
  double PeakMb(int batch) const;
  /// The largest batch in [0, max_batch] of which PeakMb(b) fits for every b up to it; 0: not even
  /// one unit.
  int LargestThatFits(double budget_mb) const;
};

/// Errors: not_measured (memory or time is N/A, which is not 0; names component, field and what
/// measures it)
///         invalid_argument (a limit below 1, no or negative figures; names the field)
base::Result<BatchCost> BatchCostOf(const contracts::CostRow& row, MemoryKind memory,
                                    int default_max_batch);
/// As BatchCostOf() checks it. `name` stands before what is wrong. Errors: invalid_argument.
base::Status CheckBatchCost(const BatchCost& cost, const std::string& name);

/// The batch in [1, most] with the least ms a unit; of equal ones (within 1e-9) the largest.
int BestRatioBatch(const BatchCost& cost, int most);

/// The batch in [1, most] with the most units a ms where `lanes` batches run side by side and share
/// `budget_mb`: a smaller batch may take longer a unit and let more of them run. Of equal ones the
/// largest. With one lane BestRatioBatch(). Example: 10 + 9 b ms, 700 b MB, 4 lanes, 12000 MB -> 4:
/// four of 4 fit (46 ms), two of 8 would (82 ms).
int BestSharedBatch(const BatchCost& cost, int most, int lanes, double budget_mb);

/// How `units` units are best cut when no more of them come: the first batch of an optimal series
/// (least sum of ms, exact dynamic programming), each at most `most`. Where that is far away (units
/// >= 2 * most) the best-ratio batch, which is then the same within the tail's share. Time:
/// O(most^2) at most, whatever `units` is.
int FirstBatch(const BatchCost& cost, int units, int most);

/// The least sum of ms for `units` units in batches of at most `most`: exact up to 2 * most, above
/// it best-ratio batches until what is left is exact.
double LeastMs(const BatchCost& cost, int64_t units, int most);

}  // namespace reelbatch::planning
