#include "components/cut_detection/pair_meter.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace reelbatch::components {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
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

void PairMeter::Push(const image::StampedFrame& stamped) {
  const image::FrameView& frame = stamped.view;
  if (frames_ == 0) {
    luma_size_ = vision::FitMaxSide(frame.y.width, frame.y.height, knobs_.ssim_max_side);
    flow_size_ = vision::FitMaxSide(frame.y.width, frame.y.height, knobs_.flow_max_side);
    planes_.resize(cascade() ? kCascadePairs + 1 : 2);
  } else {
    newest_ = cascade() ? newest_ + 1 : 1 - newest_;
  }
  Planes& planes = planes_[newest_];
  luma_scaler_.Downscale(frame, luma_size_, planes.luma);
  if (flow_of_candidates()) flow_scaler_.Downscale(frame, flow_size_, planes.flow_luma);
  const vision::ValueHistogram histogram = vision::ValueHistogramOf(frame);
  if (frames_ > 0) signals_.hist_diff_l1.push_back(vision::HistogramL1(histogram_, histogram));
  histogram_ = histogram;
  ++frames_;
  MeasureNewest(stamped);
  if (cascade() && newest_ == kCascadePairs) MeasureGroup();
}

void PairMeter::MeasureNewest(const image::StampedFrame& frame) {
  const Planes& planes = planes_[newest_];
  if (!flow_of_candidates()) has_flow_ = flow_->Advance(frame);
  if (frames_ < 2) return;
  const float flow_mag = has_flow_ ? static_cast<float>(flow().mean_magnitude()) : kNaN;
  if (cascade()) {
    all_flow_mag_.push_back(flow_mag);
    return;
  }
  signals_.flow_mag.push_back(flow_mag);
  signals_.ssim_drop.push_back(knobs_.parts.hard ? SsimDrop(planes_[1 - newest_], planes) : kNaN);
}

std::vector<size_t> PairMeter::Candidates(size_t first) const {
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
void PairMeter::MeasureGroup() {
  const size_t first = signals_.ssim_drop.size();
  if (signals_.hist_diff_l1.size() > first) {
    signals_.ssim_drop.resize(signals_.hist_diff_l1.size(), kNaN);
    signals_.flow_mag.resize(signals_.hist_diff_l1.size(), kNaN);
    size_t flow_at = std::numeric_limits<size_t>::max();  // frame that candidate_flow_ saw last
    for (const size_t pair : Candidates(first)) {
      const size_t before = pair - first;
      if (knobs_.parts.hard) {
        signals_.ssim_drop[pair] = SsimDrop(planes_[before], planes_[before + 1]);
      }
      if (all_flow_) {
        signals_.flow_mag[pair] = all_flow_mag_[before];
        continue;
      }
      if (flow_at != before) {
        candidate_flow_.Reset();
        candidate_flow_.Push(planes_[before].flow_luma.view());
      }
      if (candidate_flow_.Push(planes_[before + 1].flow_luma.view())) {
        signals_.flow_mag[pair] = static_cast<float>(candidate_flow_.mean_magnitude());
      }
      flow_at = before + 1;
    }
  }
  all_flow_mag_.clear();
  std::swap(planes_[0], planes_[newest_]);
  newest_ = 0;
}

void PairMeter::Finish() {
  if (cascade() && frames_ > 0) MeasureGroup();
}

float PairMeter::SsimDrop(const Planes& before, const Planes& after) {
  const auto range =
      knobs_.ssim_range_255 ? vision::SsimRange::k255 : vision::SsimRange::kSecondFrame;
  return static_cast<float>(1.0 - ssim_(before.luma.view(), after.luma.view(), range));
}

}  // namespace reelbatch::components
