#include "components/cut_detection/soft/replacement.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace reelbatch::components::soft {
namespace {

// Lengths of windows, frames: from the shortest dissolve with a frame to each side to the longest,
// half an octave apart, so that one of them is at most a fifth longer than the transition needs.
constexpr std::array<size_t, 10> kLengths{6, 8, 12, 16, 24, 32, 48, 64, 96, 128};
constexpr size_t kRing = kLengths.back() + 2;
// A window of so many frames is looked at with every so manieth new one: an eighth of it.
constexpr size_t kHops = 8;
// Cross-fades of four seconds fit into 128 frames at 24 per second.
constexpr double kLongestS = 5.4;
// Faster timelines are thinned out to 30 frames per second: a transition takes time, not frames.
constexpr double kLeastStepS = 0.026;

// Levels, rms: windows whose ends differ less show one picture. Coding noise makes 2 to 3.
constexpr float kLeastLumaChange = 10.0F;
// Half way, the sum of both halves of the change: a half in a dissolve, one in a wipe, two between
// unrelated pictures; movement adds its part.
constexpr float kMostHalvesOfDissolve = 1.1F;
constexpr float kLeastHalvesOfWipe = 0.75F;
constexpr float kMostHalvesOfWipe = 1.6F;
// Half way is where a part of the way is done.
constexpr float kLeastHalfWay = 0.2F;

// A dissolve: alpha follows a straight line ...
constexpr float kMostError = 0.1F;
// ... without a jump; the shortest one, three frames in between, has steps of a quarter ...
constexpr float kMostStep = 0.4F;
// ... the frames lie near the line from one end to the other; twice the way off it is .75 ...
constexpr float kMostRest = 0.275F;
constexpr float kMostMeanRest = 0.183F;
// ... the picture changes on the way, not before and after it ...
constexpr float kMostDrift = 0.3F;
// ... and texture fades: of two unrelated ones at one half each, the root of a half is left. This
// and the nearness to the line bear witness together, 1 each where ideal: either may be weak where
// the other is not.
constexpr float kIdealDip = 0.707F;
constexpr float kLeastWitness = 1.0F;
// Levels: activity of next to nothing, keeps the ratio of small numbers finite.
constexpr float kActivityNoise = 0.3F;
// Ends that are alike after a shift show one place. Unrelated coarse pictures reach .66 here.
constexpr float kMostAlike = 0.75F;
// Of two pictures laid on each other, as for hard cuts.
constexpr float kLeastOverlap = 0.45F;
constexpr float kCoarseNoise = 3.0F;
// A picture whose samples differ by no more is flat: what ends there is a fade.
constexpr float kFlatLook = 8.0F;

// A wipe: a front explains when samples change, nearly all change with it, and most change.
constexpr float kLeastOrder = 0.8F;
constexpr float kLeastClose = 0.85F;
constexpr float kLeastFrontShare = 0.55F;
// Frames over which a sample's change is looked at: of a sharp front, and of a soft one, which
// passes a sample in a third of a second.
constexpr std::array<size_t, 2> kFrontLags{1, 4};
// Frames that the front takes at least; in fewer it can not be told from a fast camera.
constexpr double kLeastWay = 6.0;

// Black bars are no part of the picture: rows and columns of at most this level in both.
constexpr int kBlack = 12;

// Logistic curve of the margin: docs/detection.md, "Confidence".
constexpr float kConfidenceSlope = 7.0F;
// A window that misses its bounds by more than this share of them has less than a chance in ten.
constexpr float kSlack = 0.31F;

// How far inside its bounds the weakest of the measures lies, as a share of them: 0 at a bound, 1
// where ideal, negative beyond.
class Margin {
 public:
  Margin& AtMost(float value, float bound) { return Take(1 - value / bound); }
  Margin& AtLeast(float value, float bound, float ideal) {
    return Take((value - bound) / (ideal - bound));
  }
  float least() const { return least_; }
  bool hopeless() const { return least_ < -kSlack; }

 private:
  Margin& Take(float margin) {
    least_ = std::min(least_, margin);
    return *this;
  }
  float least_ = 1;
};

}  // namespace

void ReplacementFinder::Push(const CoarseFrame& frame, float activity, double pts_s) {
  const size_t index = frames_++;
  if (ring_.empty()) ring_.resize(kRing);
  if (kept_ > 0 && pts_s - At(kept_ - 1).pts_s < kLeastStepS) return;
  Kept& kept = ring_[kept_ % kRing];
  kept.frame = frame;
  kept.activity = activity;
  kept.pts_s = pts_s;
  kept.index = index;
  ++kept_;
  for (const size_t length : kLengths) {
    if (kept_ <= length || pts_s - At(kept_ - 1 - length).pts_s > kLongestS) break;
    if (kept_ % std::max<size_t>(1, length / kHops) == 0) LookAt(length);
  }
}

void ReplacementFinder::LookAt(size_t length) {
  const size_t last = kept_ - 1;
  const size_t first = last - length;
  const CoarseFrame& a = At(first).frame;
  const CoarseFrame& b = At(last).frame;
  const float whole = Distance(a, b);
  if (whole < kLeastLumaChange * kLeastLumaChange) return;
  const CoarseFrame& middle = At(first + length / 2).frame;
  const float out = Distance(a, middle);
  const float in = Distance(middle, b);
  const float half_way = PlaceBetween(out, in, whole).alpha;
  const float halves = (out + in) / whole;
  if (halves > kMostHalvesOfWipe) return;
  if (half_way < kLeastHalfWay || half_way > 1 - kLeastHalfWay) return;
  if (halves >= kLeastHalvesOfWipe) LookForWipe(first);
  if (halves > kMostHalvesOfDissolve) return;

  places_.clear();
  times_.clear();
  for (size_t i = first; i <= last; ++i) {
    const CoarseFrame& frame = At(i).frame;
    places_.push_back(PlaceBetween(Distance(a, frame), Distance(frame, b), whole));
    times_.push_back(At(i).pts_s);
  }
  if (const auto ramp = FitRamp(places_, times_); ramp && ramp->step <= kMostStep) {
    LookForDissolve(first, *ramp);
  }
}

void ReplacementFinder::LookForDissolve(size_t first, const Ramp& ramp) {
  Margin margin;
  margin.AtMost(ramp.error, kMostError)
      .AtMost(ramp.most_rest, kMostRest)
      .AtMost(ramp.rest, kMostMeanRest);
  if (margin.hopeless()) return;
  size_t start = first;
  while (At(start + 1).pts_s <= ramp.start_s) ++start;
  size_t end = kept_ - 1;
  while (At(end - 1).pts_s >= ramp.end_s) --end;
  if (end - start < 4) return;
  const float witness = (1 - ramp.most_rest / kMostRest) + (1 - Dip(start, end)) / (1 - kIdealDip);
  const CoarseFrame& before = At(start).frame;
  const CoarseFrame& after = At(end).frame;
  const float whole = Distance(At(first).frame, At(kept_ - 1).frame);
  const float drift =
      (Distance(At(first).frame, before) + Distance(after, At(kept_ - 1).frame)) / whole;
  margin.AtLeast(witness, kLeastWitness, 2 * kLeastWitness).AtMost(drift, kMostDrift);
  if (margin.hopeless()) return;
  if (RangeOf(before) <= kFlatLook || RangeOf(after) <= kFlatLook) return;
  margin.AtMost(Alike(before, after), kMostAlike);
  const float change = std::sqrt(Distance(before, after));
  Propose(contracts::EventType::kDissolve, start, end, margin.least(),
          change * (1 - drift) * (1 - 2 * ramp.rest) * (1 - 2 * ramp.error));
}

void ReplacementFinder::LookForWipe(size_t first) {
  for (const size_t lag : kFrontLags) {
    if (LookForFront(first, lag)) return;
  }
}

// True: there is a wipe, or none can be.
bool ReplacementFinder::LookForFront(size_t first, size_t lag) {
  if (kept_ - 1 - first <= lag) return true;
  front_.Begin(At(first).frame, static_cast<int>(lag));
  for (size_t i = first + lag; i < kept_; ++i) front_.Add(At(i - lag).frame, At(i).frame);
  const auto front = front_.Fit();
  if (!front || front->end - front->start < kLeastWay) return false;
  Margin margin;
  margin.AtLeast(front->order, kLeastOrder, 1)
      .AtLeast(front->close, kLeastClose, 1)
      .AtLeast(front->share, kLeastFrontShare, 1);
  if (margin.hopeless()) return false;
  // The front's fit is half a frame off at times: a window may begin with the wipe itself.
  const auto length = static_cast<double>(kept_ - 1 - first);
  if (front->start < -1 || front->end > length + 1) return false;
  const size_t start = first + static_cast<size_t>(std::max(0.0, std::round(front->start)));
  const size_t end = first + static_cast<size_t>(std::min(length, std::round(front->end)));
  margin.AtMost(Alike(At(start).frame, At(end).frame), kMostAlike);
  Propose(contracts::EventType::kWipe, start, end, margin.least(),
          front->order * front->close * front->share);
  return margin.least() >= 0;
}

// Windows above the line compete by `score`, those below it by their margin.
void ReplacementFinder::Propose(contracts::EventType type, size_t start, size_t end, float margin,
                                float score) {
  if (margin < -kSlack) return;
  const float confidence = 1 / (1 + std::exp(-kConfidenceSlope * margin));
  const Candidate candidate{.gradual = {.type = type,
                                        .start = At(start).index,
                                        .end = At(end).index,
                                        .confidence = confidence,
                                        .strength = 2 * confidence},
                            .score = margin < 0 ? margin : score,
                            .at = kept_};
  if (margin < 0) {
    Add(near_, candidate);
  } else {
    Add(type == contracts::EventType::kWipe ? wipes_ : dissolves_, candidate);
  }
}

// The least activity on the way, over what a straight line from end to end says.
float ReplacementFinder::Dip(size_t start, size_t end) const {
  const float from = At(start).activity;
  const float to = At(end).activity;
  float least = 1;
  for (size_t i = start + 1; i < end; ++i) {
    const float share = static_cast<float>(i - start) / static_cast<float>(end - start);
    const float expected = from + share * (to - from) + kActivityNoise;
    least = std::min(least, (At(i).activity + kActivityNoise) / expected);
  }
  return least;
}

float ReplacementFinder::Alike(const CoarseFrame& a, const CoarseFrame& b) {
  const int width = a.width;
  const auto dark = [&](int x, int y) { return a.at(x, y) <= kBlack && b.at(x, y) <= kBlack; };
  const auto dark_row = [&](int y) {
    for (int x = 0; x < width; ++x) {
      if (!dark(x, y)) return false;
    }
    return true;
  };
  const auto dark_column = [&](int x) {
    for (int y = 0; y < a.height; ++y) {
      if (!dark(x, y)) return false;
    }
    return true;
  };
  int top = 0;
  int bottom = a.height;
  int left = 0;
  int right = width;
  while (top < a.height / 3 && dark_row(top)) ++top;
  while (bottom > a.height - a.height / 3 && dark_row(bottom - 1)) --bottom;
  while (left < width / 3 && dark_column(left)) ++left;
  while (right > width - width / 3 && dark_column(right - 1)) --right;
  const auto inside = [&](const CoarseFrame& frame) {
    return image::ImageView<uint8_t>{.data = frame.luma().row(top) + left,
                                     .width = right - left,
                                     .height = bottom - top,
                                     .stride = width};
  };
  return shift_.Correlate(inside(a), inside(b), kLeastOverlap, kCoarseNoise);
}

// Of windows on one transition the best is kept: memory follows the number of transitions.
void ReplacementFinder::Add(std::vector<Candidate>& all, const Candidate& candidate) const {
  const auto overlaps = [&](const Candidate& other) {
    return other.gradual.start < candidate.gradual.end &&
           candidate.gradual.start < other.gradual.end;
  };
  const auto better = [&](const Candidate& other) {
    return overlaps(other) && other.score >= candidate.score;
  };
  const auto recent =
      std::ranges::lower_bound(all, kept_ - std::min(kept_, kRing), {}, &Candidate::at);
  if (std::any_of(recent, all.end(), better)) return;
  all.erase(std::remove_if(recent, all.end(), overlaps), all.end());
  all.push_back(candidate);
}

std::vector<Gradual> ReplacementFinder::Finish() {
  std::vector<Gradual> found;
  for (const Candidate& wipe : wipes_) found.push_back(wipe.gradual);
  const size_t wipes = found.size();
  for (const Candidate& dissolve : dissolves_) {
    const auto same = [&](const Gradual& wipe) {
      return wipe.start < dissolve.gradual.end && dissolve.gradual.start < wipe.end;
    };
    // A front across the whole picture is the rarer thing to see by chance.
    if (std::none_of(found.begin(), found.begin() + static_cast<ptrdiff_t>(wipes), same)) {
      found.push_back(dissolve.gradual);
    }
  }
  std::ranges::sort(found, {}, &Gradual::start);
  return found;
}

std::vector<Gradual> ReplacementFinder::Near() const {
  std::vector<Gradual> near;
  near.reserve(near_.size());
  for (const Candidate& candidate : near_) near.push_back(candidate.gradual);
  return near;
}

}  // namespace reelbatch::components::soft
