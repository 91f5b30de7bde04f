#include "components/cut_detection/hard/change.h"

#include <algorithm>
#include <cmath>

namespace reelbatch::components::hard {
namespace {

constexpr int kSamples = vision::kMotionBlock * vision::kMotionBlock;

// Levels per sample of a block that noise and coding make of nothing: below it a block is called
// flat.
constexpr double kNoise = 3.0;
// A prediction that leaves less than this part of a block's own activity explains it, one that
// leaves more than the other does not. At 1 the reference is worth nothing, as in an encoder's
// choice of an intra block; unrelated texture scores .8 and above because the search picks the best
// of hundreds; real motion with blur stays below a half.
constexpr double kExplained = 0.4;
constexpr double kUnexplained = 0.8;
// A block counts as far as it shows something, in levels per sample: from coding noise to plain
// texture.
constexpr double kContentFrom = 2.0;
constexpr double kContentFull = 6.0;
// A title on black covers this share of the blocks; less than that can not be a shot's whole
// content.
constexpr double kLeastContent = 0.1;
// Exposure and fades change the level of neighbouring frames by no more than this; beyond it a
// picture is gone.
constexpr float kMaxGain = 2.0F;
// Flatter pictures have no deviation to compare.
constexpr float kFlatDeviation = 2.0F;
// What is explained to this degree without motion and exposure needs no search.
constexpr double kStill = 0.1;
// Below this much unpredicted content, exposure is not looked at.
constexpr double kWorthExposure = 0.25;

// Of two pictures laid on each other; with less in common, some part of any picture resembles some
// part of another.
constexpr float kLeastOverlap = 0.45F;
// Levels: what a nearly black or foggy picture holds of noise at a quarter of 160 samples' width.
constexpr float kCoarseNoise = 3.0F;

// 2 x 2 means of the half-size plane: a quarter of the width, 40 x 22 at 16:9.
void Coarsen(const vision::MotionPlane& plane, image::Plane<uint8_t>& out) {
  out.Reset(plane.width() / 4, plane.height() / 4);
  for (int y = 0; y < out.height(); ++y) {
    const uint8_t* upper = plane.half() + plane.half_stride() * (2 * ptrdiff_t{y});
    const uint8_t* lower = upper + plane.half_stride();
    for (ptrdiff_t x = 0; x < out.width(); ++x) {
      const int four = upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1];
      out.row(y)[x] = static_cast<uint8_t>((four + 2) / 4);
    }
  }
}

}  // namespace

ChangeMeter::Tally ChangeMeter::Count(const vision::MotionPlane& current,
                                      std::span<const int> cost) {
  Tally tally;
  const std::span<const int> activity = current.activity();
  for (size_t block = 0; block < cost.size(); ++block) {
    const double inter = static_cast<double>(cost[block]) / kSamples;
    const double intra = static_cast<double>(activity[block]) / kSamples;
    const double ratio = inter / std::max(intra, kNoise);
    const double unexplained =
        std::clamp((ratio - kExplained) / (kUnexplained - kExplained), 0.0, 1.0);
    const double content = std::clamp(
        (std::max(inter, intra) - kContentFrom) / (kContentFull - kContentFrom), 0.0, 1.0);
    tally.unpredicted += unexplained * content;
    tally.content += content;
    tally.cost += inter;
  }
  return tally;
}

Change ChangeMeter::Pool(const Tally& a, const Tally& b, int blocks) {
  const double content = std::max(a.content + b.content, kLeastContent * blocks);
  return {.unpredicted = static_cast<float>((a.unpredicted + b.unpredicted) / content),
          .residual = static_cast<float>((a.cost + b.cost) / (2.0 * blocks))};
}

ChangeMeter::Tally ChangeMeter::Predict(const vision::MotionPlane& current,
                                        const vision::MotionPlane& reference) {
  const Tally plain = Count(current, matcher_.Match(current, reference));
  if (plain.unpredicted < kWorthExposure * plain.content) return plain;
  if (current.deviation() < kFlatDeviation || reference.deviation() < kFlatDeviation) return plain;
  const float gain =
      std::clamp(current.deviation() / reference.deviation(), 1.0F / kMaxGain, kMaxGain);
  exposed_.AssignScaled(reference, gain, current.mean() - gain * reference.mean());
  const Tally exposed = Count(current, matcher_.Match(current, exposed_));
  return exposed.cost < plain.cost ? exposed : plain;
}

Change ChangeMeter::Measure(const Picture& a, const Picture& b) {
  const int blocks = a.luma.blocks();
  const Change still = Pool(Count(a.luma, matcher_.Difference(a.luma, b.luma)),
                            Count(b.luma, matcher_.Difference(b.luma, a.luma)), blocks);
  if (still.unpredicted < kStill) return still;
  const Tally backward = Predict(a.luma, b.luma);
  const Tally forward = Predict(b.luma, a.luma);
  return Pool(backward, forward, blocks);
}

float ChangeMeter::Alignment(const Picture& a, const Picture& b) {
  Coarsen(a.luma, coarse_a_);
  Coarsen(b.luma, coarse_b_);
  return shift_.Correlate(coarse_a_.view(), coarse_b_.view(), kLeastOverlap, kCoarseNoise);
}

float ChangeMeter::Novelty(const Picture& before, const Picture& a, const Picture& b, float pace) {
  Coarsen(before.luma, coarse_a_);
  Coarsen(a.luma, coarse_b_);
  Coarsen(b.luma, coarse_c_);
  float change = 0;
  float left = 0;
  for (int y = 0; y < coarse_a_.height(); ++y) {
    for (int x = 0; x < coarse_a_.width(); ++x) {
      const auto first = static_cast<float>(coarse_b_.row(y)[x] - coarse_a_.row(y)[x]);
      const auto second = static_cast<float>(coarse_c_.row(y)[x] - coarse_b_.row(y)[x]);
      change += std::abs(second);
      left += std::abs(second - pace * first);
    }
  }
  return change > 0 ? std::min(1.0F, left / change) : 1.0F;
}

}  // namespace reelbatch::components::hard
