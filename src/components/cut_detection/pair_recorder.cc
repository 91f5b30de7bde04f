#include "components/cut_detection/pair_recorder.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace reelbatch::components {
namespace {

constexpr float kNotMeasured = std::numeric_limits<float>::quiet_NaN();
// Pairs that the threshold of the cascade is taken from.
constexpr size_t kThresholdPairs = 1024;
// Of the seed's rule for the histogram.
constexpr double kHistFactor = 2.0;

double SeedThreshold(std::vector<float> values) {
  const auto count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double squares = 0;
  for (const float value : values) squares += (value - mean) * (value - mean);
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle + kHistFactor * std::sqrt(squares / count);
}

}  // namespace

void PairRecorder::Push(CutMeasure& measure) {
  if (frames_++ > 0) {
    signals_.hist_diff_l1.push_back(measure.hist_diff_l1);
    if (!knobs_.hard_cuts_cascade) {
      signals_.ssim_drop.push_back(measure.ssim_drop);
      signals_.flow_mag.push_back(measure.flow_mag);
    }
  }
  if (knobs_.hard_cuts_cascade) KeepPlanes(measure);
}

void PairRecorder::KeepPlanes(CutMeasure& measure) {
  planes_.resize(kCascadePairs + 1);
  Planes& planes = planes_[held_++];
  std::swap(planes.luma, measure.luma);
  std::swap(planes.flow_luma, measure.flow_luma);
  planes.flow_mag = measure.flow_mag;
  if (held_ == planes_.size()) MeasureGroup();
}

std::vector<size_t> PairRecorder::Candidates(size_t first) const {
  const std::vector<float>& hist = signals_.hist_diff_l1;
  const size_t count = hist.size() - first;
  const auto near = static_cast<ptrdiff_t>(std::min(hist.size(), kThresholdPairs));
  const double threshold = SeedThreshold({hist.end() - near, hist.end()});
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), first);
  std::ranges::stable_sort(order, [&](size_t a, size_t b) { return hist[a] > hist[b]; });
  const auto top =
      static_cast<size_t>(std::ceil(knobs_.cascade_keep_top_p * static_cast<double>(count)));
  std::vector<size_t> candidates;
  for (size_t rank = 0; rank < count; ++rank) {
    if (rank < top || hist[order[rank]] >= threshold - knobs_.cascade_hist_margin) {
      candidates.push_back(order[rank]);
    }
  }
  std::ranges::sort(candidates);
  return candidates;
}

// The pairs whose frames are held: SSIM and flow of the candidates; the last frame begins the next
// group.
void PairRecorder::MeasureGroup() {
  const size_t first = signals_.ssim_drop.size();
  if (signals_.hist_diff_l1.size() > first) {
    signals_.ssim_drop.resize(signals_.hist_diff_l1.size(), kNotMeasured);
    signals_.flow_mag.resize(signals_.hist_diff_l1.size(), kNotMeasured);
    size_t flow_at = std::numeric_limits<size_t>::max();  // frame that candidate_flow_ saw last
    for (const size_t pair : Candidates(first)) {
      const size_t before = pair - first;
      const Planes& a = planes_[before];
      const Planes& b = planes_[before + 1];
      if (knobs_.parts.hard && steps_.ssim)
        signals_.ssim_drop[pair] = SsimDropOf(knobs_, ssim_, a.luma, b.luma);
      if (MeasuresAllFlow(knobs_)) {
        signals_.flow_mag[pair] = b.flow_mag;
        continue;
      }
      if (!steps_.flow) continue;
      if (flow_at != before) {
        candidate_flow_.Reset();
        candidate_flow_.Push(a.flow_luma.view());
      }
      if (candidate_flow_.Push(b.flow_luma.view())) {
        signals_.flow_mag[pair] = static_cast<float>(candidate_flow_.mean_magnitude());
      }
      flow_at = before + 1;
    }
  }
  std::swap(planes_.front(), planes_[held_ - 1]);
  held_ = 1;
}

void PairRecorder::Finish() {
  if (held_ > 0) MeasureGroup();
}

}  // namespace reelbatch::components
