#include "runtime/simulator/wait_histogram.h"

#include <algorithm>
#include <cmath>

namespace reelbatch::runtime {
namespace {

const double kLogStep = std::log(1.02);

}  // namespace

void WaitHistogram::Add(double seconds, int64_t count) {
  int step = 0;
  if (seconds > kLeast)
    step = std::clamp(1 + static_cast<int>(std::log(seconds / kLeast) / kLogStep), 1, kSteps - 1);
  counts_[static_cast<size_t>(step)] += count;
  count_ += count;
  most_ = std::max(most_, seconds);
}

double WaitHistogram::Quantile(double share) const {
  if (count_ == 0) return 0;
  const auto rank =
      std::max<int64_t>(1, static_cast<int64_t>(std::ceil(share * static_cast<double>(count_))));
  int64_t seen = 0;
  for (int step = 0; step < kSteps; ++step) {
    seen += counts_[static_cast<size_t>(step)];
    if (seen < rank) continue;
    return step == 0 ? 0 : std::min(most_, kLeast * std::exp(kLogStep * step));
  }
  return most_;
}

}  // namespace reelbatch::runtime
