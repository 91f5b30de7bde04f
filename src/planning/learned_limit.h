#pragma once

#include <optional>

#include "base/clock.h"

namespace reelbatch::planning {

/// What running out of memory taught about one key on one device: kept from run to run.
///
/// A size that failed is not tried again while the limit lasts. The limit grows back halfway
/// towards it after as many good batches at the limit as `needed`; each time that fails, twice as
/// many are needed. Threads: none; a plain value.
struct LearnedLimit {
  int limit = 0;      // the largest batch to launch; 0: none
  int failed_at = 0;  // the smallest batch that ran out of memory
  int proven = 0;     // the largest batch below it that came through
  int good = 0;       // batches at the limit that came through since it last moved
  int needed = kGoodBatchesToGrow;
  base::Nanoseconds learned_wall{0};  // when it failed last

  /// Enough to see the memory of an allocator settle, few enough to pay for the try: ours.
  static constexpr int kGoodBatchesToGrow = 16;
  static constexpr int kMostGoodBatches = 1024;
  /// Drivers, models and neighbours change: a week later the size is worth a try.
  static constexpr base::Nanoseconds kExpires = std::chrono::hours(24 * 7);

  /// A batch of `size` ran out of memory. The next one is of the largest size that came through, or
  /// of half the size, whichever is more. Example: 12 fails -> limit 6; after 16 good batches of 6
  /// -> 9; 9 fails -> 6 again, after 32 good ones 7.
  void Failed(int size, base::Nanoseconds wall);
  /// A batch of `size` came through.
  void Succeeded(int size);
  /// Forgets what is older than kExpires.
  void Expire(base::Nanoseconds wall);
};

}  // namespace reelbatch::planning
