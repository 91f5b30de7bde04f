#pragma once

#include <array>
#include <cstdint>

namespace reelbatch::runtime {

/// Waits in seconds, counted in steps of 2 %: quantiles of any number of them in 16 kB.
class WaitHistogram {
 public:
  void Add(double seconds, int64_t count);
  int64_t count() const { return count_; }
  double most() const { return most_; }
  /// The smallest wait that at least `share` of all do not exceed, to 2 %; 0 without any.
  double Quantile(double share) const;

 private:
  static constexpr int kSteps = 2048;
  static constexpr double kLeast = 1e-6;  // s; below it counts as 0
  std::array<int64_t, kSteps> counts_{};
  int64_t count_ = 0;
  double most_ = 0;
};

}  // namespace reelbatch::runtime
