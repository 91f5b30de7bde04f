#pragma once

#include <optional>

#include "base/clock.h"

namespace reelbatch::planning {

/// What running out of memory taught about one key on one device; stored between runs.
///
/// A size that failed is not tried again while the limit lasts. The limit grows halfway
/// towards it after `needed` successful batches at the limit; each time that fails, twice as
/// many are needed. Threads: none; a plain value.
struct LearnedLimit {
  int limit = 0;      // the largest batch to start; 0: no limit
  int failed_at = 0;  // the smallest batch that ran out of memory
  int proven = 0;     // the largest smaller batch that succeeded
  int good = 0;       // successful batches at the limit since it last changed
  int needed = kGoodBatchesToGrow;
  base::Nanoseconds learned_wall{0};  // when it last failed

  /// Enough to see the memory of an allocator settle, few enough to pay for the try: ours.
  static constexpr int kGoodBatchesToGrow = 16;
  static constexpr int kMostGoodBatches = 1024;
  /// Drivers, models and other programs change: after a week, the size is tried again.
  static constexpr base::Nanoseconds kExpires = std::chrono::hours(24 * 7);

  /// A batch of `size` ran out of memory. The limit becomes the largest size that succeeded, or
  /// half of the failed size, whichever is larger. Example: 12 fails -> limit 6; after 16
  /// successful batches of 6
  /// -> 9; 9 fails -> 6 again, and 7 after 32 successful ones.
  void Failed(int size, base::Nanoseconds wall);
  /// A batch of `size` succeeded.
  void Succeeded(int size);
  /// Drops limits older than kExpires.
  void Expire(base::Nanoseconds wall);
};

}  // namespace reelbatch::planning
