#include "components/cut_detection/hard/adaptive.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace reelbatch::components::hard {
namespace {

// Something passes the lens in a quarter to a half of a second; a flash is over sooner. A shot can
// be as short as this, but then it seldom returns to the very picture it interrupted.
constexpr double kReachS = 0.45;
// Up to 60 frames per second; beyond, the reach in time is shorter.
constexpr size_t kReachFrames = 27;
// Distances that are looked at: dense where flashes end, sparse where slow things pass.
constexpr std::array<size_t, 11> kSteps{1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 25};
// A pair that changes less can not be a cut, so nobody asks whether the change stays.
constexpr float kWorthLooking = 0.5F;
// From here on always look; below, only at a pair that stands out among so many neighbours to each
// side.
constexpr float kAlwaysLook = 0.75F;
constexpr size_t kNeighbours = 3;
// A straight line is not drawn on further than this many times the step it was learnt from.
constexpr double kMostPace = 4.0;
// Enough of the old picture back to be sure; looking on would cost time for nothing.
constexpr float kSurelyBack = 0.3F;

}  // namespace

void EvidenceCollector::Push(Picture& picture, const PairChange& change, double pts_s) {
  std::unique_ptr<Kept> kept;
  if (spare_.empty()) {
    kept = std::make_unique<Kept>();
  } else {
    kept = std::move(spare_.back());
    spare_.pop_back();
  }
  std::swap(kept->picture, picture);
  kept->pts_s = pts_s;
  window_.push_back(std::move(kept));
  ++frames_;
  if (frames_ < 2) return;
  evidence_.push_back({.unpredicted = change.change.unpredicted,
                       .residual = change.change.residual,
                       .colour = change.colour});
  while (looked_ < evidence_.size() && Complete(looked_)) LookAround(looked_++);
  while (!Wanted(first_)) {
    spare_.push_back(std::move(window_.front()));
    window_.pop_front();
    ++first_;
  }
}

std::vector<PairEvidence> EvidenceCollector::Finish() {
  while (looked_ < evidence_.size()) LookAround(looked_++);
  window_.clear();
  return std::move(evidence_);
}

bool EvidenceCollector::Complete(size_t pair) const {
  const size_t newest = frames_ - 1;
  return newest >= pair + 1 + kReachFrames || At(newest).pts_s - At(pair + 1).pts_s > kReachS;
}

bool EvidenceCollector::Wanted(size_t frame) const {
  if (frame + 1 >= looked_) return true;
  return frame + kReachFrames >= looked_ && At(looked_).pts_s - At(frame).pts_s <= kReachS;
}

bool EvidenceCollector::WorthLooking(size_t pair) const {
  const PairEvidence& here = evidence_[pair];
  if (here.unpredicted < kWorthLooking) return false;
  if (here.unpredicted >= kAlwaysLook) return true;
  const size_t from = pair - std::min(pair, kNeighbours);
  const size_t to = std::min(pair + kNeighbours + 1, evidence_.size());
  size_t larger = 0;
  for (size_t other = from; other < to; ++other) {
    larger += evidence_[other].residual > here.residual ? 1 : 0;
  }
  return larger < kNeighbours;
}

float EvidenceCollector::Novelty(size_t before, size_t a, size_t b) {
  const double past = std::abs(At(a).pts_s - At(before).pts_s);
  const double now = std::abs(At(b).pts_s - At(a).pts_s);
  const double pace = past > 0 ? std::min(now / past, kMostPace) : 1.0;
  return meter_.Novelty(At(before).picture, At(a).picture, At(b).picture, static_cast<float>(pace));
}

void EvidenceCollector::LookAround(size_t pair) {
  PairEvidence& evidence = evidence_[pair];
  if (!WorthLooking(pair)) return;
  const float enough = kSurelyBack * evidence.unpredicted;
  float least = evidence.unpredicted;
  const auto compare = [&](size_t a, size_t b) {
    least = std::min(least, meter_.Measure(At(a).picture, At(b).picture).unpredicted);
  };
  for (const size_t step : kSteps) {
    const size_t ahead = pair + 1 + step;
    if (ahead < frames_ && At(ahead).pts_s - At(pair + 1).pts_s <= kReachS) {
      compare(pair, ahead);
      if (pair > first_) compare(pair - 1, ahead);
    }
    if (pair >= first_ + step && At(pair).pts_s - At(pair - step).pts_s <= kReachS) {
      compare(pair - step, pair + 1);
      if (pair + 2 < frames_) compare(pair - step, pair + 2);
    }
    if (least <= enough) break;
  }
  evidence.persistence = least / evidence.unpredicted;
  evidence.alignment = meter_.Alignment(At(pair).picture, At(pair + 1).picture);
  if (pair > first_) evidence.novelty = Novelty(pair - 1, pair, pair + 1);
  if (pair + 2 < frames_)
    evidence.novelty = std::min(evidence.novelty, Novelty(pair + 2, pair + 1, pair));
}

}  // namespace reelbatch::components::hard
