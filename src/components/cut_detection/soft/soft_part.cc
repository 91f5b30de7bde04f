#include "components/cut_detection/soft/soft_part.h"

#include <algorithm>
#include <numeric>

#include "components/cut_detection/soft/fades.h"

namespace reelbatch::components::soft {
namespace {

// Confidence: what a rule did not take stays below one half, also where it fails by a hair.
constexpr float kMostOfNear = 0.49F;

bool IsFade(const Gradual& gradual) {
  using enum contracts::EventType;
  return gradual.type == kFadeIn || gradual.type == kFadeOut || gradual.type == kFadeThrough;
}

bool Overlap(const Gradual& a, const Gradual& b) { return a.start < b.end && b.start < a.end; }

bool Within(const hard::HardCut& cut, const Gradual& gradual) {
  const auto pair = static_cast<size_t>(cut.pair_index);
  return pair >= gradual.start && pair < gradual.end;
}

float Activity(const vision::MotionPlane& plane) {
  const std::span<const int> blocks = plane.activity();
  const auto sum = static_cast<float>(std::accumulate(blocks.begin(), blocks.end(), 0));
  const auto samples = static_cast<float>(vision::kMotionBlock * vision::kMotionBlock);
  return sum / (samples * static_cast<float>(std::max<size_t>(1, blocks.size())));
}

}  // namespace

void SoftMeasure::Set(const hard::Picture& picture, const image::FrameView& frame) {
  MakeCoarse(picture, frame, coarse);
  look = LookAt(coarse, frame.bt709);
  activity = Activity(picture.luma);
}

void SoftPart::Push(const SoftMeasure& measure, double pts_s) {
  looks_.push_back(measure.look);
  replacements_.Push(measure.coarse, measure.activity, pts_s);
}

SoftPart::Found SoftPart::Finish(std::span<const double> pts_s,
                                 std::span<const hard::HardCut> cuts) {
  std::vector<size_t> pairs;
  pairs.reserve(cuts.size());
  for (const hard::HardCut& cut : cuts) pairs.push_back(static_cast<size_t>(cut.pair_index));
  Found found{.graduals = Merge(FindFades(looks_, pts_s, pairs), replacements_.Finish()),
              .near = {}};
  for (Gradual& near : Merge(FindFades(looks_, pts_s, pairs, kFadeFloor), replacements_.Near())) {
    const auto same = [&](const Gradual& sure) { return Overlap(sure, near); };
    if (std::ranges::any_of(found.graduals, same)) continue;
    near.confidence = std::min(near.confidence, kMostOfNear);
    found.near.push_back(near);
  }
  return found;
}

void SoftPart::FillSignals(SoftSignals& signals) const {
  signals.hsv_v.reserve(looks_.size());
  signals.lab_l.reserve(looks_.size());
  for (const FrameLook& look : looks_) {
    signals.hsv_v.push_back(look.hsv_v);
    signals.lab_l.push_back(look.lab_l);
  }
}

std::vector<Gradual> Merge(std::span<const Gradual> fades, std::span<const Gradual> replacements) {
  std::vector<Gradual> all(fades.begin(), fades.end());
  for (const Gradual& found : replacements) {
    const auto same = [&](const Gradual& fade) { return Overlap(fade, found); };
    if (std::ranges::none_of(fades, same)) all.push_back(found);
  }
  std::ranges::sort(all, {}, &Gradual::start);
  return all;
}

void Reconcile(std::vector<hard::HardCut>& cuts, std::vector<Gradual>& graduals) {
  std::erase_if(graduals, [&](const Gradual& gradual) {
    return !IsFade(gradual) && std::ranges::any_of(cuts, [&](const hard::HardCut& cut) {
      return Within(cut, gradual);
    });
  });
  std::erase_if(cuts, [&](const hard::HardCut& cut) {
    return std::ranges::any_of(graduals,
                               [&](const Gradual& gradual) { return Within(cut, gradual); });
  });
}

}  // namespace reelbatch::components::soft
