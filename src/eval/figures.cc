#include "eval/figures.h"

#include <algorithm>
#include <random>
#include <vector>

namespace reelbatch::eval {
namespace {

void Add(const Counts& more, Counts& sum) {
  sum.tp += more.tp;
  sum.fp += more.fp;
  sum.fn += more.fn;
}

void Add(const Score& more, Score& sum) {
  sum.clips += more.clips;
  sum.hard += more.hard;
  sum.hard_tp += more.hard_tp;
  sum.hard_false += more.hard_false;
  sum.soft += more.soft;
  sum.soft_found += more.soft_found;
  sum.soft_one_to_one += more.soft_one_to_one;
  sum.soft_as_point += more.soft_as_point;
  sum.soft_false += more.soft_false;
  sum.soft_predictions += more.soft_predictions;
  sum.soft_predictions_right += more.soft_predictions_right;
  sum.hard_as_soft += more.hard_as_soft;
  sum.iou_sum += more.iou_sum;
  sum.type_right += more.type_right;
  sum.ignored_at_edges += more.ignored_at_edges;
  sum.false_in_hard_negatives += more.false_in_hard_negatives;
  Add(more.scenes, sum.scenes);
  Add(more.clipshots_cut, sum.clipshots_cut);
  Add(more.clipshots_gradual, sum.clipshots_gradual);
  sum.minutes += more.minutes;
  for (size_t i = 0; i < sum.kinds.size(); ++i) {
    sum.kinds[i].truths += more.kinds[i].truths;
    sum.kinds[i].found += more.kinds[i].found;
    sum.kinds[i].iou_sum += more.kinds[i].iou_sum;
  }
}

}  // namespace

Score Pool(std::span<const ClipScore> clips) {
  Score sum;
  for (const ClipScore& clip : clips) Add(clip.score, sum);
  return sum;
}

std::array<ReliabilityBin, 10> ReliabilityOf(std::span<const ClipScore> clips) {
  std::array<ReliabilityBin, 10> bins;
  const auto count = static_cast<double>(bins.size());
  for (size_t i = 0; i < bins.size(); ++i) bins[i].low = static_cast<double>(i) / count;
  for (const ClipScore& clip : clips) {
    for (const Verdict& verdict : clip.verdicts) {
      const double place =
          std::clamp(static_cast<double>(verdict.confidence) * count, 0.0, count - 1);
      ReliabilityBin& bin = bins[static_cast<size_t>(place)];
      ++bin.predictions;
      bin.right += verdict.right ? 1 : 0;
      bin.confidence_sum += verdict.confidence;
    }
  }
  return bins;
}

std::optional<double> Ratio(double a, double b) {
  if (b == 0) return std::nullopt;
  return a / b;
}

std::optional<double> F1(const Counts& counts) {
  return Ratio(2 * static_cast<double>(counts.tp),
               static_cast<double>(2 * counts.tp + counts.fp + counts.fn));
}

std::optional<double> HardF1(const Score& score) {
  return F1({.tp = score.hard_tp, .fp = score.hard_false, .fn = score.hard - score.hard_tp});
}

std::optional<double> AllF1(const Score& score) {
  return F1({.tp = score.matched(),
             .fp = score.false_events(),
             .fn = score.hard + score.soft - score.matched()});
}

std::optional<Interval> Bootstrap(std::span<const ClipScore> clips,
                                  std::optional<double> (*figure)(const Score&)) {
  constexpr int kDraws = 1000;
  constexpr double kTail = 0.025;
  if (clips.empty()) return std::nullopt;
  std::mt19937_64 random(1);
  std::vector<double> figures;
  for (int draw = 0; draw < kDraws; ++draw) {
    Score sum;
    for (size_t i = 0; i < clips.size(); ++i) Add(clips[random() % clips.size()].score, sum);
    if (const auto value = figure(sum)) figures.push_back(*value);
  }
  if (figures.empty()) return std::nullopt;
  std::ranges::sort(figures);
  const auto at = [&](double share) {
    const auto place = static_cast<size_t>(share * static_cast<double>(figures.size()));
    return figures[std::min(place, figures.size() - 1)];
  };
  return Interval{.low = at(kTail), .high = at(1 - kTail)};
}

}  // namespace reelbatch::eval
