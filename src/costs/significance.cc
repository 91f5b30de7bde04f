#include "costs/significance.h"

#include <algorithm>
#include <cmath>

namespace reelbatch::costs {
namespace {

struct Moments {
  double mean = 0;
  double variance_of_mean = 0;
  double freedom = 0;
};

Moments MomentsOf(std::span<const double> samples) {
  const auto n = static_cast<double>(samples.size());
  Moments moments{.freedom = n - 1};
  for (const double sample : samples) moments.mean += sample / n;
  for (const double sample : samples) {
    moments.variance_of_mean += (sample - moments.mean) * (sample - moments.mean) / (n - 1) / n;
  }
  return moments;
}

/// Continued fraction of the incomplete beta function, evaluated by Lentz's method.
double BetaFraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  constexpr double kClose = 1e-14;
  constexpr int kMostTerms = 300;
  const auto away = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / away(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int m = 1; m < kMostTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= d * c;
    if (std::abs(d * c - 1) < kClose) break;
  }
  return fraction;
}

/// Regularised incomplete beta function I_x(a, b).
double IncompleteBeta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x));
  // The fraction converges fast on this side of the mean only.
  if (x < (a + 1) / (a + b + 2)) return front * BetaFraction(a, b, x) / a;
  return 1 - front * BetaFraction(b, a, 1 - x) / b;
}

}  // namespace

std::optional<double> WelchP(std::span<const double> a, std::span<const double> b) {
  if (a.size() < 2 || b.size() < 2) return std::nullopt;
  const Moments left = MomentsOf(a);
  const Moments right = MomentsOf(b);
  const double variance = left.variance_of_mean + right.variance_of_mean;
  if (variance <= 0) return std::nullopt;
  const double t = (left.mean - right.mean) / std::sqrt(variance);
  const double freedom = variance * variance /
                         (left.variance_of_mean * left.variance_of_mean / left.freedom +
                          right.variance_of_mean * right.variance_of_mean / right.freedom);
  return IncompleteBeta(freedom / 2, 0.5, freedom / (freedom + t * t));
}

}  // namespace reelbatch::costs
