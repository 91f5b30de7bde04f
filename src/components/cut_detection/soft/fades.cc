#include "components/cut_detection/soft/fades.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace reelbatch::components::soft {
namespace {

// Levels: a picture whose samples differ by no more is flat. Twice what noise, dithering and coding
// leave of a flat one at this size; a faint title on black differs by more.
constexpr float kFlatRange = 8.0F;
// A quick fade may touch its colour between two frames, or fade under a title that stays: spread of
// such a dip over what the shots on both sides have. At four frames a side the dip's frame keeps an
// eighth at most.
constexpr float kDip = 0.15F;
// Frames of one dip are this much alike, levels; one that stays so for a quarter of a second is a
// hold under a still logo, which a step may follow or precede.
constexpr float kSameSpread = 0.25F;
constexpr double kStillS = 0.25;
// Levels: noise of the spread.
constexpr float kNoise = 1.5F;
// Longer than fades between shots are: of one that is longer still, the part next to the flat
// picture is reported.
constexpr double kLongestFadeS = 4.0;
// Flat for longer is a shot of its own.
constexpr double kLongestHoldS = 3.0;
// The way is over where the last fifth of a second rises by less than a quarter of the mean slope.
constexpr double kSlopeS = 0.2;
constexpr float kSlopeShare = 0.25F;
// ... or where it has fallen back by more than movement in the shot explains.
constexpr float kFallBack = 0.85F;
// Shares of the shot's spread between which a frame is neither flat nor whole.
constexpr float kBarely = 0.08F;
constexpr float kWhole = 0.95F;
// A single step of this share of the whole way is a cut; in the shortest fade a step is a quarter.
constexpr float kStepShare = 0.5F;

// A step that large against the next one is a cut's.
constexpr float kSudden = 2.0F;

enum class Side : uint8_t { kFileEnd, kStep, kFade };

// One way out of a flat run.
struct Way {
  Side side = Side::kFileEnd;
  size_t whole = 0;  // first frame on this way that shows all
  float spread = 0;  // of the shot
};

class Walker {
 public:
  Walker(std::span<const FrameLook> looks, std::span<const double> pts_s,
         std::span<const size_t> cuts, int least_inside)
      : looks_(looks), pts_s_(pts_s), cuts_(cuts), least_inside_(least_inside) {}

  // From the last flat frame `from`, forwards or backwards.
  Way Go(size_t from, bool forward) const {
    if (CutsAway(from, forward)) {
      const size_t next = Next(from, forward);
      return {.side = Side::kStep, .whole = next, .spread = Spread(next)};
    }
    const size_t top = Top(from, forward);
    if (top == from) return {.side = Side::kFileEnd, .whole = from, .spread = 0};
    const float full = Spread(top);
    int inside = 0;
    size_t at = from;
    while (at != top && Spread(at) < kWhole * full) {
      const size_t next = Next(at, forward);
      if (Spread(next) - Spread(at) >= kStepShare * full) {
        return {.side = Side::kStep, .whole = next, .spread = full};
      }
      inside += Spread(at) > kBarely * full ? 1 : 0;
      at = next;
    }
    return {
        .side = inside >= least_inside_ ? Side::kFade : Side::kStep, .whole = at, .spread = full};
  }

 private:
  static size_t Next(size_t at, bool forward) { return forward ? at + 1 : at - 1; }
  bool AtEnd(size_t at, bool forward) const { return forward ? at + 1 == looks_.size() : at == 0; }
  bool CutBetween(size_t a, size_t b) const {
    return std::ranges::binary_search(cuts_, std::min(a, b));
  }
  // A cut from the flat picture, and a step that is not one of many: the last frame of a quick fade
  // may pass for a cut, too.
  bool CutsAway(size_t from, bool forward) const {
    if (AtEnd(from, forward) || !CutBetween(from, Next(from, forward))) return false;
    const size_t next = Next(from, forward);
    if (AtEnd(next, forward)) return true;
    const float then = Spread(Next(next, forward)) - Spread(next);
    return Spread(next) - Spread(from) > kSudden * then;
  }
  float Spread(size_t at) const { return looks_[at].spread; }
  double Seconds(size_t a, size_t b) const { return std::abs(pts_s_[a] - pts_s_[b]); }

  // The frame where the rise out of `from` ends.
  size_t Top(size_t from, bool forward) const {
    size_t top = from;
    size_t back = from;  // kSlopeS behind `at`
    size_t at = from;
    while (!AtEnd(at, forward)) {
      if (at != from && CutBetween(at, Next(at, forward))) break;
      at = Next(at, forward);
      const double elapsed = Seconds(at, from);
      if (elapsed > kLongestFadeS || Spread(at) < kFallBack * Spread(top) - kNoise) break;
      if (Spread(at) > Spread(top)) top = at;
      while (Seconds(at, back) > kSlopeS && Next(back, forward) != at) back = Next(back, forward);
      if (elapsed < 2 * kSlopeS) continue;
      const double recent = (Spread(at) - Spread(back)) / Seconds(at, back);
      const double mean = (Spread(top) - Spread(from)) / elapsed;
      if (recent < kSlopeShare * mean) break;
    }
    return top;
  }

  std::span<const FrameLook> looks_;
  std::span<const double> pts_s_;
  std::span<const size_t> cuts_;
  int least_inside_;
};

struct FlatRun {
  size_t first = 0;
  size_t last = 0;
  bool flat = true;  // false: a dip
};

// Runs of flat frames, and of frames where the spread has a dip.
std::vector<FlatRun> FlatRuns(std::span<const FrameLook> looks) {
  const auto flat = [&](size_t i) { return looks[i].range <= kFlatRange; };
  std::vector<FlatRun> runs;
  for (size_t first = 0; first < looks.size();) {
    size_t last = first;
    const float spread = looks[first].spread;
    const auto same = [&](size_t i) { return std::abs(looks[i].spread - spread) <= kSameSpread; };
    while (last + 1 < looks.size() &&
           (flat(first) ? flat(last + 1) : !flat(last + 1) && same(last + 1))) {
      ++last;
    }
    const bool dip = first > 0 && last + 1 < looks.size() && spread < looks[first - 1].spread &&
                     looks[last].spread < looks[last + 1].spread;
    if (flat(first) || dip) runs.push_back({.first = first, .last = last, .flat = flat(first)});
    first = last + 1;
  }
  return runs;
}

// Several times the coding noise and several frames long: sure. At the least of both: an even
// chance.
float Confidence(float spread, size_t frames) {
  const float margin =
      std::min(spread / kFadeLine.spread,
               static_cast<float>(frames - 1) / static_cast<float>(kFadeLine.inside));
  return margin >= 1 ? 1 - 0.5F / (margin * margin) : 0.5F * margin * margin;
}

// Of two that overlap the one that the stronger picture takes part in stays.
struct Found {
  Gradual gradual;
  float spread = 0;
};

void Add(const Found& found, std::vector<Found>& all) {
  const auto overlaps = [&](const Gradual& other) {
    return other.end > found.gradual.start && other.start < found.gradual.end;
  };
  if (!all.empty() && overlaps(all.back().gradual)) {
    if (all.back().spread >= found.spread) return;
    all.pop_back();
  }
  all.push_back(found);
}

// What the ways out of one flat run make of it.
void Classify(const FlatRun& run, const Way& before, const Way& after, bool held_long,
              std::vector<Found>& all) {
  using contracts::EventType;
  const auto add = [&](EventType type, size_t start, size_t end, float spread, bool splits) {
    const float confidence = Confidence(spread, end - start);
    Add({.gradual = {.type = type,
                     .start = start,
                     .end = end,
                     .confidence = confidence,
                     .strength = 2 * confidence,
                     .splits = splits},
         .spread = spread},
        all);
  };
  const bool out = before.side == Side::kFade;
  const bool in = after.side == Side::kFade;
  if (out && in && !held_long) {
    add(EventType::kFadeThrough, before.whole, after.whole, std::min(before.spread, after.spread),
        true);
    return;
  }
  if (out) {
    const bool to_step = after.side == Side::kStep && !held_long;
    add(EventType::kFadeOut, before.whole, to_step ? run.last + 1 : run.first, before.spread,
        after.side != Side::kFileEnd);
  }
  if (in) {
    const bool from_step = before.side == Side::kStep && !held_long;
    add(EventType::kFadeIn, from_step ? run.first - 1 : run.last, after.whole, after.spread,
        before.side != Side::kFileEnd);
  }
}

}  // namespace

std::vector<Gradual> FindFades(std::span<const FrameLook> looks, std::span<const double> pts_s,
                               std::span<const size_t> cuts, const FadeLimits& limits) {
  const Walker walker(looks, pts_s, cuts, limits.inside);
  std::vector<Found> found;
  for (const FlatRun& run : FlatRuns(looks)) {
    const Way before = walker.Go(run.first, false);
    const Way after = walker.Go(run.last, true);
    const bool out = before.side == Side::kFade;
    const bool in = after.side == Side::kFade;
    if (!out && !in) continue;
    float least = std::numeric_limits<float>::max();
    for (const Way& way : {before, after}) {
      if (way.side != Side::kFileEnd) least = std::min(least, way.spread);
    }
    if (least < limits.spread) continue;
    const double held_s = pts_s[run.last] - pts_s[run.first];
    const bool dip = looks[run.first].spread <= kDip * least && (held_s >= kStillS || (out && in));
    if (!run.flat && !dip) continue;
    Classify(run, before, after, held_s > kLongestHoldS, found);
  }
  std::vector<Gradual> fades;
  fades.reserve(found.size());
  for (const Found& fade : found) fades.push_back(fade.gradual);
  return fades;
}

}  // namespace reelbatch::components::soft
