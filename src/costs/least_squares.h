#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace reelbatch::costs {

/// Weighted least squares without negative coefficients, for a few drivers.
/// Threads: one object per thread.
template <size_t N>
class NonNegativeFit {
 public:
  using Row = std::array<double, N>;

  /// An observation: y = sum of coefficient x driver. `weight` multiplies its error (1/y: relative
  /// errors).
  void Add(const Row& drivers, double y, double weight) {
    for (size_t i = 0; i < N; ++i) {
      for (size_t j = 0; j < N; ++j) gram_[i][j] += weight * weight * drivers[i] * drivers[j];
      target_[i] += weight * weight * drivers[i] * y;
    }
  }

  /// Coordinate descent, which converges because the sum of squares is convex and the bounds are
  /// per coefficient.
  Row Solve() const {
    Row solution{};
    double moved = 1;
    for (int round = 0; round < kRounds && moved > kStill; ++round) {
      moved = 0;
      for (size_t i = 0; i < N; ++i) {
        if (gram_[i][i] <= 0) continue;
        double rest = target_[i];
        for (size_t j = 0; j < N; ++j) {
          if (j != i) rest -= gram_[i][j] * solution[j];
        }
        const double now = std::max(0.0, rest / gram_[i][i]);
        moved = std::max(moved, std::abs(now - solution[i]) / std::max(std::abs(now), kStill));
        solution[i] = now;
      }
    }
    return solution;
  }

 private:
  static constexpr int kRounds =
      20'000;  // drivers that nearly coincide converge slowly; 4 take a millisecond
  static constexpr double kStill = 1e-9;  // relative change of a round

  std::array<Row, N> gram_{};
  Row target_{};
};

}  // namespace reelbatch::costs
