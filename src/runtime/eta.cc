#include "runtime/eta.h"

#include <algorithm>
#include <cmath>

namespace reelbatch::runtime {

void EtaEstimator::Update(double now_s, double media_s_done) {
  if (samples_ < 0) {
    // The clock starts with the first media second: probing and hashing before it are not the rate
    // of decoding.
    if (media_s_done > 0) samples_ = 0;
    last_now_s_ = now_s;
    last_done_s_ = media_s_done;
    return;
  }
  const double step_s = now_s - last_now_s_;
  if (step_s < kSampleS) return;
  const double rate = std::max(0.0, media_s_done - last_done_s_) / step_s;
  // The first samples are averaged evenly, or the very first would weigh on the estimate for
  // kMemoryS.
  const double weight = std::max(1 - std::exp(-step_s / kMemoryS), 1.0 / (samples_ + 1));
  rate_ += weight * (rate - rate_);
  ++samples_;
  last_now_s_ = now_s;
  last_done_s_ = media_s_done;
}

std::optional<double> EtaEstimator::SecondsLeft(double media_s_left) const {
  if (samples_ < kMinSamples || rate_ <= 0) return std::nullopt;
  return std::max(0.0, media_s_left) / rate_;
}

}  // namespace reelbatch::runtime
