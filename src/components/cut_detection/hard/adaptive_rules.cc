#include "components/cut_detection/hard/adaptive_rules.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace reelbatch::components::hard {
namespace {

// How each constant was chosen, and what 25 % more or less of it does: docs/detection.md.

// A cut replaces more than half of what is seen; a title, a picture in the picture or a passer-by
// less.
constexpr float kLeastUnpredicted = 0.55F;
// A cut stands out: its residual and its change of colour are this many times those around it.
constexpr float kResidualContrast = 2.0F;
constexpr float kColourContrast = 1.2F;
// Contrast of the residual speaks for colour too, at half its worth: shots of one palette.
constexpr float kResidualForColour = 0.5F;
// Residual of coding noise between neighbouring frames, levels; colour change of the same.
constexpr float kResidualNoise = 1.0F;
constexpr float kColourNoise = 0.05F;
// Of the old picture's change less than this stays: it comes back.
constexpr float kLeastPersistence = 0.75F;
// Pictures this much alike after one shift of the whole are one scene.
constexpr float kMostAlignment = 0.95F;
// A straight line through the frames before or after explains more than half of the change: a fade
// or a dissolve.
constexpr float kLeastNovelty = 0.5F;
// What is not a cut for one of these three reasons keeps this part of its score.
constexpr float kVetoed = 0.5F;

// Neighbours that a pair is compared with, on each side: those within the span, at least three, at
// most twelve.
constexpr double kSpanS = 0.22;
constexpr size_t kLeastNeighbours = 3;
constexpr size_t kMostNeighbours = 12;
// The two largest neighbours are left out: another cut and a flash may be near.
constexpr size_t kLeftOut = 2;
// Of two cuts closer than this, one is a flash on the cut or a torn frame: two frames at 30 and one
// at 24 per second.
constexpr double kLeastShotS = 0.05;

// Logistic curve of the score, fitted to the share of right answers: docs/detection.md,
// "Confidence".
constexpr double kConfidenceSlope = 9.0;
constexpr double kConfidenceMiddle = 1.0;

// Below, the curve says less than one in twenty.
constexpr float kLeastNear = 0.68F;
// What is below the line stays below one half, also by a hair.
constexpr float kMostOfNear = 0.49F;

double MidTime(std::span<const double> pts_s, size_t pair) {
  return (pts_s[pair] + pts_s[pair + 1]) / 2;
}

class Neighbourhood {
 public:
  Neighbourhood(std::span<const PairEvidence> evidence, std::span<const double> pts_s)
      : evidence_(evidence), pts_s_(pts_s) {}

  float Score(size_t pair) const {
    const PairEvidence& here = evidence_[pair];
    const float share = here.unpredicted / kLeastUnpredicted;
    const float residual =
        here.residual / (Typical(pair, &PairEvidence::residual) + kResidualNoise);
    const float colour = here.colour / (Typical(pair, &PairEvidence::colour) + kColourNoise);
    const float score =
        share * std::min(1.0F, residual / kResidualContrast) *
        std::min(1.0F, std::max(colour, kResidualForColour * residual) / kColourContrast);
    if (Returns(here)) return score * kVetoed * here.persistence;
    const bool gradual = here.novelty < kLeastNovelty;
    return gradual || here.alignment >= kMostAlignment ? score * kVetoed : score;
  }

  double MidTime(size_t pair) const { return hard::MidTime(pts_s_, pair); }

 private:
  static bool Returns(const PairEvidence& pair) { return pair.persistence < kLeastPersistence; }

  // The largest of `field` among the neighbours but kLeftOut. What returns counts only as far as it
  // stays, so that a strobe does not hide the cuts in it.
  float Typical(size_t pair, float PairEvidence::* field) const {
    std::array<float, kLeftOut + 1> largest{};
    const auto add = [&](size_t neighbour) {
      const PairEvidence& other = evidence_[neighbour];
      float value = other.*field * (Returns(other) ? other.persistence : 1.0F);
      for (float& kept : largest) {
        if (value > kept) std::swap(value, kept);
      }
    };
    const double middle = MidTime(pair);
    for (size_t step = 1; step <= std::min(pair, kMostNeighbours); ++step) {
      if (step > kLeastNeighbours && middle - MidTime(pair - step) > kSpanS) break;
      add(pair - step);
    }
    for (size_t step = 1; step <= kMostNeighbours && pair + step < evidence_.size(); ++step) {
      if (step > kLeastNeighbours && MidTime(pair + step) - middle > kSpanS) break;
      add(pair + step);
    }
    return largest.back();
  }

  std::span<const PairEvidence> evidence_;
  std::span<const double> pts_s_;
};

float Confidence(float score) {
  return static_cast<float>(1.0 /
                            (1.0 + std::exp(-kConfidenceSlope * (score - kConfidenceMiddle))));
}

}  // namespace

std::vector<HardCut> DecideAdaptive(std::span<const PairEvidence> evidence,
                                    std::span<const double> pts_s, std::vector<float>& scores) {
  const Neighbourhood neighbourhood(evidence, pts_s);
  scores.resize(evidence.size());
  std::vector<HardCut> cuts;
  for (size_t pair = 0; pair < evidence.size(); ++pair) {
    const float score = neighbourhood.Score(pair);
    scores[pair] = score;
    if (score < 1) continue;
    const HardCut cut{.pair_index = static_cast<int>(pair),
                      .confidence = Confidence(score),
                      .strength = score,
                      .evidence = {}};
    const bool torn = !cuts.empty() &&
                      neighbourhood.MidTime(pair) -
                              neighbourhood.MidTime(static_cast<size_t>(cuts.back().pair_index)) <
                          kLeastShotS;
    if (!torn) {
      cuts.push_back(cut);
    } else if (cut.strength > cuts.back().strength) {
      cuts.back() = cut;
    }
  }
  return cuts;
}

std::vector<HardCut> NearCuts(std::span<const float> scores, std::span<const double> pts_s) {
  std::vector<HardCut> near;
  for (size_t pair = 0; pair < scores.size(); ++pair) {
    const float score = scores[pair];
    if (score < kLeastNear || score >= 1) continue;
    const double middle = MidTime(pts_s, pair);
    bool largest = true;
    for (size_t other = pair; other > 0 && middle - MidTime(pts_s, other - 1) < kLeastShotS;
         --other)
      largest = largest && scores[other - 1] < score;
    for (size_t other = pair + 1;
         other < scores.size() && MidTime(pts_s, other) - middle < kLeastShotS; ++other)
      largest = largest && scores[other] <= score;
    if (!largest) continue;
    near.push_back({.pair_index = static_cast<int>(pair),
                    .confidence = std::min(kMostOfNear, Confidence(score)),
                    .strength = score,
                    .evidence = {}});
  }
  return near;
}

}  // namespace reelbatch::components::hard
