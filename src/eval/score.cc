#include "eval/score.h"

#include <algorithm>

#include "eval/matching.h"

namespace reelbatch::eval {
namespace {

/// Frames to each side of a gradual truth or an edge.
constexpr int64_t kPad = 2;
constexpr double kScenesTolerance = 2;

bool Overlaps(const Prediction& prediction, int64_t start, int64_t end, int64_t pad) {
  return prediction.start <= end + pad && prediction.end >= start - pad;
}

bool Overlaps(const Prediction& prediction, const Transition& truth) {
  return Overlaps(prediction, truth.start, truth.end, kPad);
}

double Iou(const Prediction& prediction, const Transition& truth) {
  const int64_t both =
      std::min(prediction.end, truth.end) - std::max(prediction.start, truth.start) + 1;
  const int64_t either =
      std::max(prediction.end, truth.end) - std::min(prediction.start, truth.start) + 1;
  return static_cast<double>(std::max<int64_t>(0, both)) / static_cast<double>(either);
}

using Group = std::vector<const Prediction*>;

class ClipScorer {
 public:
  ClipScorer(const Truth& truth, const std::vector<Prediction>& predictions,
             const ScoreOptions& options)
      : truth_(truth), predictions_(predictions), options_(options) {
    result_.name = truth.name;
    result_.frames = truth.frames;
    for (const Transition& one : truth.transitions)
      (one.kind == Kind::kHard ? hard_ : soft_).push_back(&one);
  }

  ClipScore Go() {
    Score& score = result_.score;
    score.clips = 1;
    score.hard = static_cast<int64_t>(hard_.size());
    score.soft = static_cast<int64_t>(soft_.size());
    score.minutes = static_cast<double>(truth_.frames) / truth_.fps.value() / 60;
    MatchHard();
    MatchSoft();
    if (!options_.strict_type) MatchHardAsSoft();
    for (const Transition* missed : missed_) AddMistake(*missed, result_.missed_hard);
    JudgeTheRest();
    SweepAll();
    CountClipShots();
    return std::move(result_);
  }

 private:
  KindCounts& CountsOf(Kind kind) { return result_.score.kinds[static_cast<size_t>(kind)]; }

  void AddVerdict(const Prediction& one, bool right) {
    result_.verdicts.push_back({.confidence = one.confidence, .right = right});
  }

  static void AddMistake(const Transition& truth, std::vector<Mistake>& mistakes) {
    const bool hard = truth.kind == Kind::kHard;
    mistakes.push_back({.kind = truth.kind,
                        .span = {.start = hard ? truth.frame : truth.start,
                                 .end = hard ? truth.frame : truth.end}});
  }

  void MatchHard() {
    Group hard;
    for (const Prediction& one : predictions_) {
      if (one.kind == Kind::kHard) hard.push_back(&one);
    }
    const auto partners = MaximumMatching(
        hard_.size(), hard.size(), [&](size_t t, size_t p) -> std::optional<double> {
          const int64_t far = std::abs(hard[p]->frame - hard_[t]->frame);
          if (far > options_.tolerance) return std::nullopt;
          return static_cast<double>(far);
        });
    Group used;
    KindCounts& counts = CountsOf(Kind::kHard);
    for (size_t t = 0; t < hard_.size(); ++t) {
      ++counts.truths;
      const std::optional<size_t> partner = partners[t];
      if (!partner) {
        missed_.push_back(hard_[t]);
        continue;
      }
      used.push_back(hard[*partner]);
      AddVerdict(*hard[*partner], true);
      ++counts.found;
      counts.iou_sum += 1;
    }
    result_.score.hard_tp = static_cast<int64_t>(used.size());
    for (const Prediction& one : predictions_) {
      if (std::ranges::find(used, &one) == used.end()) rest_.push_back(&one);
    }
  }

  void MatchSoft() {
    Score& score = result_.score;
    const Group candidates = rest_;
    for (const Transition* truth : soft_) FindSoft(*truth, candidates);
    std::erase_if(rest_, [&](const Prediction* one) { return InSoft(*one); });
    const auto partners = MaximumMatching(soft_.size(), candidates.size(),
                                          [&](size_t t, size_t p) -> std::optional<double> {
                                            if (!Overlaps(*candidates[p], *soft_[t]))
                                              return std::nullopt;
                                            return -Iou(*candidates[p], *soft_[t]);
                                          });
    score.soft_one_to_one =
        std::ranges::count_if(partners, [](const auto& p) { return p.has_value(); });
    for (const Prediction& one : predictions_) {
      if (one.kind == Kind::kHard) continue;
      ++score.soft_predictions;
      if (!InSoft(one)) continue;
      ++score.soft_predictions_right;
      AddVerdict(one, true);
    }
  }

  bool InSoft(const Prediction& one) const {
    return std::ranges::any_of(soft_,
                               [&](const Transition* truth) { return Overlaps(one, *truth); });
  }

  void FindSoft(const Transition& truth, const Group& candidates) {
    Score& score = result_.score;
    KindCounts& counts = CountsOf(truth.kind);
    ++counts.truths;
    const Prediction* best = nullptr;
    bool points = true;
    const auto better = [&](const Prediction& a, const Prediction& b) {
      const double more = Iou(a, truth) - Iou(b, truth);
      return more > 0 || (more == 0 && a.kind == truth.kind && b.kind != truth.kind);
    };
    for (const Prediction* one : candidates) {
      if (!Overlaps(*one, truth)) continue;
      points = points && one->point();
      if (best == nullptr || better(*one, *best)) best = one;
    }
    if (best == nullptr) {
      AddMistake(truth, result_.missed_soft);
      return;
    }
    result_.soft_matches.push_back({.kind = truth.kind,
                                    .span = {.start = truth.start, .end = truth.end},
                                    .found = best->kind,
                                    .iou = Iou(*best, truth)});
    ++score.soft_found;
    ++counts.found;
    score.iou_sum += Iou(*best, truth);
    counts.iou_sum += Iou(*best, truth);
    score.soft_as_point += points ? 1 : 0;
    score.type_right += best->kind == truth.kind ? 1 : 0;
  }

  void MatchHardAsSoft() {
    Group gradual;
    std::ranges::copy_if(rest_, std::back_inserter(gradual),
                         [](const Prediction* one) { return one->kind != Kind::kHard; });
    const auto partners = MaximumMatching(
        missed_.size(), gradual.size(), [&](size_t t, size_t p) -> std::optional<double> {
          const int64_t frame = missed_[t]->frame;
          if (!Overlaps(*gradual[p], frame - 1, frame, options_.tolerance)) return std::nullopt;
          return static_cast<double>(gradual[p]->end - gradual[p]->start);
        });
    for (const auto& partner : partners) {
      if (!partner) continue;
      ++result_.score.hard_as_soft;
      AddVerdict(*gradual[*partner], true);
      std::erase(rest_, gradual[*partner]);
    }
  }

  void JudgeTheRest() {
    Score& score = result_.score;
    const auto among = [](const Prediction& one, const std::vector<Span>& spans, int64_t pad) {
      return std::ranges::any_of(
          spans, [&](const Span& span) { return Overlaps(one, span.start, span.end, pad); });
    };
    for (const Prediction* one : rest_) {
      if (among(*one, truth_.edges, kPad)) {
        ignored_.push_back(one);
        continue;
      }
      ++(one->kind == Kind::kHard ? score.hard_false : score.soft_false);
      score.false_in_hard_negatives += among(*one, truth_.hard_negatives, 0) ? 1 : 0;
      AddVerdict(*one, false);
      result_.false_events.push_back({.kind = one->kind, .span = {one->start, one->end}});
    }
    score.ignored_at_edges = static_cast<int64_t>(ignored_.size());
  }

  /// From the last old frame to the first new one.
  static Span PlaceOf(const Prediction& one) {
    return one.point() ? Span{.start = one.frame - 1, .end = one.frame}
                       : Span{.start = one.start, .end = one.end};
  }

  void SweepAll() {
    const auto by_time = [](const Span& a, const Span& b) {
      return std::pair(a.start, a.end) < std::pair(b.start, b.end);
    };
    std::vector<Span> truth;
    for (const Transition& one : truth_.transitions) truth.push_back({one.start, one.end});
    std::vector<Span> predicted;
    for (const Prediction& one : predictions_) {
      if (std::ranges::find(ignored_, &one) == ignored_.end()) predicted.push_back(PlaceOf(one));
    }
    std::ranges::sort(truth, by_time);
    std::ranges::sort(predicted, by_time);
    result_.score.scenes = SweepScenes(truth, predicted, kScenesTolerance);
  }

  void CountClipShots() {
    for (const bool cut : {true, false}) {
      Counts& counts = cut ? result_.score.clipshots_cut : result_.score.clipshots_gradual;
      std::vector<Span> predicted;
      for (const Prediction& one : predictions_) {
        const Span place = PlaceOf(one);
        if ((place.end - place.start == 1) == cut) predicted.push_back(place);
      }
      int64_t truths = 0;
      for (const Transition& truth : truth_.transitions) {
        if ((truth.end - truth.start == 1) != cut) continue;
        ++truths;
        counts.tp += std::ranges::any_of(predicted, [&](const Span& place) {
          return place.start <= truth.end && place.end >= truth.start;
        });
      }
      counts.fn = truths - counts.tp;
      counts.fp = std::max<int64_t>(0, static_cast<int64_t>(predicted.size()) - counts.tp);
    }
  }

  const Truth& truth_;
  const std::vector<Prediction>& predictions_;
  const ScoreOptions options_;
  std::vector<const Transition*> hard_;
  std::vector<const Transition*> soft_;
  std::vector<const Transition*> missed_;  // hard ones
  Group rest_;                             // not accounted for yet
  Group ignored_;
  ClipScore result_;
};

}  // namespace

ClipScore ScoreClip(const Truth& truth, const std::vector<Prediction>& predictions,
                    const ScoreOptions& options) {
  return ClipScorer(truth, predictions, options).Go();
}

}  // namespace reelbatch::eval
