#include <algorithm>
#include <cmath>
#include <limits>

#include "components/cut_detection/hard/decision.h"

namespace reelbatch::components::hard {
namespace {

constexpr double kHistFactor = 2.0;
constexpr double kSsimFactor = 1.5;
constexpr double kFlowFactor = 2.0;
constexpr int kVotes = 2;
constexpr int kMinGap = 5;  // positions; a cut must be more than this after the last kept one

// median + factor * population standard deviation of what is not NaN; NaN where nothing is left.
float Threshold(const std::vector<float>& values, double factor) {
  std::vector<float> known;
  known.reserve(values.size());
  std::copy_if(values.begin(), values.end(), std::back_inserter(known),
               [](float v) { return !std::isnan(v); });
  if (known.empty()) return std::numeric_limits<float>::quiet_NaN();
  const auto count = static_cast<double>(known.size());
  double sum = 0;
  for (const float v : known) sum += v;
  const double mean = sum / count;
  double squares = 0;
  for (const float v : known) squares += (v - mean) * (v - mean);
  const auto middle = known.begin() + static_cast<ptrdiff_t>(known.size() / 2);
  std::nth_element(known.begin(), middle, known.end());
  double median = *middle;
  if (known.size() % 2 == 0) median = (median + *std::max_element(known.begin(), middle)) / 2;
  return static_cast<float>(median + factor * std::sqrt(squares / count));
}

}  // namespace

std::vector<HardCut> DecideSeed(PairSignals& signals) {
  const size_t pairs = signals.hist_diff_l1.size();
  const float hist = Threshold(signals.hist_diff_l1, kHistFactor);
  const float ssim = Threshold(signals.ssim_drop, kSsimFactor);
  const float flow = Threshold(signals.flow_mag, kFlowFactor);
  signals.threshold_hist.assign(pairs, hist);
  signals.threshold_ssim.assign(pairs, ssim);
  signals.threshold_flow.assign(pairs, flow);
  signals.hard_score.assign(pairs, 0.0F);

  std::vector<HardCut> cuts;
  for (size_t pair = 0; pair < pairs; ++pair) {
    // A comparison with NaN, on either side, is false.
    const contracts::Evidence evidence{.hist = signals.hist_diff_l1[pair] > hist,
                                       .ssim = signals.ssim_drop[pair] > ssim,
                                       .flow = signals.flow_mag[pair] > flow};
    const int votes = int{evidence.hist} + int{evidence.ssim} + int{evidence.flow};
    signals.hard_score[pair] = static_cast<float>(votes);
    if (votes < kVotes) continue;
    const auto index = static_cast<int>(pair);
    if (!cuts.empty() && index - cuts.back().pair_index <= kMinGap) continue;
    // The rule knows no confidence: the share of signals that spoke stands for it.
    cuts.push_back({.pair_index = index,
                    .confidence = static_cast<float>(votes) / 3.0F,
                    .strength = static_cast<float>(votes),
                    .evidence = evidence});
  }
  return cuts;
}

}  // namespace reelbatch::components::hard
