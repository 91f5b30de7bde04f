#pragma once

#include <cstdint>
#include <vector>

namespace reelbatch::vision {

/// Area resampling along one axis: which source samples a target sample covers, and how much of
/// each.
///
/// In units where a source sample is `target` long and a target sample `source` long, both lengths
/// without their common divisor, every overlap is an integer and a target sample's weights sum to
/// its length, `total`. Sizes of at most kMaxSize.
/// Example: 5 to 2 -> first {0, 2}, weights {2, 2, 1, 0} and {1, 2, 2, 0}, total 5.
struct AreaAxis {
  static constexpr int kMaxSize = 32767;  // keeps weights in 16 bits

  // Target samples are summed so many at a time; `first` and `weights` go on to a whole group, with
  // weights of zero.
  static constexpr int kGroup = 4;

  int source = -1;
  int target = -1;
  int total = 0;
  int taps = 0;  // weights per target sample, zeros behind the used ones: 4 or a multiple of 8
  std::vector<int> first;
  std::vector<int> count;
  std::vector<int16_t> weights;

  /// Does nothing where the sizes are the present ones.
  void Build(int source_size, int target_size);
};

}  // namespace reelbatch::vision
