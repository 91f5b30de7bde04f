#include "components/cut_detection/motion/observations.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace reelbatch::components::motion {
namespace {

using contracts::EventType;

// Less than half of the vectors along with the camera: something moves, not the camera.
constexpr float kCamera = 0.5F;

// A whip pan takes the picture away in less than a second: one long side per second and more. The
// flow of a faster one is not measurable, but its beginning and its end are.
constexpr float kWhipSpeed = 1.0F;
constexpr double kShortestWhipS = 0.08;
constexpr double kLongestWhipS = 1.0;

// A zoom: the picture grows by a tenth a second or more, for a third of a second or more, and by a
// tenth in all, while it pans little: at the border, half a long side from the middle, zoom moves
// samples faster than the pan does.
constexpr float kZoomRate = 0.1F;
constexpr double kShortestZoomS = 0.33;
constexpr double kLeastZoom = 0.1;

// A burst of movement: twice as fast as a brisk walk past the lens, and for longer than a shake.
constexpr float kBurstSpeed = 0.5F;
constexpr double kShortestBurstS = 0.2;

// A speed ramp: for half a second before and after a place the speed is steady, and differs by a
// factor of three; slower than a fiftieth of the picture per second nothing is known of it.
constexpr double kSteadyS = 0.5;
constexpr double kRampFactor = 3.0;
constexpr double kSteadyFactor = 1.6;
constexpr double kLeastSpeed = 0.02;

class Shots {
 public:
  Shots(std::span<const PairMotion> pairs, const std::vector<bool>& boundary,
        std::span<const double> pts_s)
      : pairs_(pairs), boundary_(boundary), pts_s_(pts_s) {}

  // Runs of pairs that pass `test`, none across a boundary.
  void ForEachRun(const std::function<bool(const PairMotion&)>& test,
                  const std::function<void(size_t, size_t)>& visit) const {
    for (size_t first = 0; first < pairs_.size();) {
      size_t end = first;
      while (end < pairs_.size() && !boundary_[end] && test(pairs_[end])) ++end;
      if (end > first) visit(first, end);
      first = end + 1;
    }
  }

  double Seconds(size_t first, size_t end) const { return pts_s_[end] - pts_s_[first]; }
  double Step(size_t pair) const { return pts_s_[pair + 1] - pts_s_[pair]; }

  // Speeds of the pairs within kSteadyS before (or after) `pair`; empty where the shot is shorter.
  std::vector<double> Steady(size_t pair, bool after) const {
    std::vector<double> speeds;
    size_t at = pair;
    while (after ? at < pairs_.size() : at > 0) {
      if (!after) --at;
      if (boundary_[at]) return {};
      speeds.push_back(std::max<double>(pairs_[at].speed, kLeastSpeed));
      if (std::abs(pts_s_[after ? at + 1 : at] - pts_s_[pair]) >= kSteadyS) return speeds;
      if (after) ++at;
    }
    return {};
  }

 private:
  std::span<const PairMotion> pairs_;
  const std::vector<bool>& boundary_;
  std::span<const double> pts_s_;
};

Finding Observation(EventType type, size_t first, size_t end, double margin) {
  // At the line an even chance; twice as much as asked for is sure.
  const auto confidence = static_cast<float>(std::clamp(margin / 2, 0.5, 1.0));
  return {.type = type,
          .start = first,
          .middle = std::max<size_t>(1, (first + end + 1) / 2),
          .end = end,
          .confidence = confidence,
          .strength = 2 * confidence,
          .evidence = {},
          .splits = false};
}

void AddWhips(std::span<const PairMotion> pairs, const Shots& shots, std::vector<Finding>& found) {
  const auto fast = [](const PairMotion& pair) {
    return pair.pan >= kWhipSpeed && pair.explained >= kCamera;
  };
  shots.ForEachRun(fast, [&](size_t first, size_t end) {
    const double length_s = shots.Seconds(first, end);
    if (length_s < kShortestWhipS || length_s > kLongestWhipS) return;
    float most = 0;
    for (size_t pair = first; pair < end; ++pair) most = std::max(most, pairs[pair].pan);
    found.push_back(Observation(EventType::kWhipPan, first, end, most / kWhipSpeed));
  });
}

void AddZooms(std::span<const PairMotion> pairs, const Shots& shots, std::vector<Finding>& found) {
  for (const float way : {1.0F, -1.0F}) {
    const auto zooms = [way](const PairMotion& pair) {
      return way * pair.zoom >= kZoomRate && pair.explained >= kCamera &&
             std::abs(pair.zoom) / 2 >= pair.pan;
    };
    shots.ForEachRun(zooms, [&](size_t first, size_t end) {
      double growth = 0;
      for (size_t pair = first; pair < end; ++pair)
        growth += way * pairs[pair].zoom * shots.Step(pair);
      if (shots.Seconds(first, end) < kShortestZoomS || growth < kLeastZoom) return;
      found.push_back(Observation(EventType::kZoom, first, end, growth / kLeastZoom));
    });
  }
}

void AddBursts(std::span<const PairMotion> pairs, const Shots& shots, std::vector<Finding>& found) {
  const size_t named = found.size();
  const auto fast = [](const PairMotion& pair) { return pair.speed >= kBurstSpeed; };
  shots.ForEachRun(fast, [&](size_t first, size_t end) {
    if (shots.Seconds(first, end) < kShortestBurstS) return;
    for (size_t i = 0; i < named; ++i) {
      if (found[i].start < end && first < found[i].end) return;
    }
    float most = 0;
    for (size_t pair = first; pair < end; ++pair) most = std::max(most, pairs[pair].speed);
    found.push_back(Observation(EventType::kMotion, first, end, most / kBurstSpeed));
  });
}

double Mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// How many times as fast the one is as the other.
double Factor(double a, double b) { return std::max(a, b) / std::min(a, b); }

// A jerk at the far end of a stretch moves its mean, but is no ramp.
bool Ramps(std::vector<double> before, std::vector<double> after) {
  std::ranges::sort(before);
  std::ranges::sort(after);
  const auto steady = [](const std::vector<double>& sorted) {
    const size_t quarter = sorted.size() / 4;
    return sorted[sorted.size() - 1 - quarter] <= kSteadyFactor * sorted[quarter];
  };
  return steady(before) && steady(after) &&
         Factor(before[before.size() / 2], after[after.size() / 2]) >= kRampFactor;
}

void AddSpeedRamps(std::span<const PairMotion> pairs, const Shots& shots,
                   std::vector<Finding>& found) {
  double best = 0;  // of the places next to each other that qualify
  for (size_t pair = 1; pair < pairs.size(); ++pair) {
    const std::vector<double> before = shots.Steady(pair, false);
    const std::vector<double> after = shots.Steady(pair, true);
    if (before.empty() || after.empty()) continue;
    const double factor = Factor(Mean(before), Mean(after));
    if (factor < kRampFactor || !Ramps(before, after)) continue;
    const Finding ramp = Observation(EventType::kSpeedRamp, pair - 1,
                                     std::min(pair + 1, pairs.size()), factor / kRampFactor);
    const bool same = !found.empty() && found.back().type == EventType::kSpeedRamp &&
                      shots.Seconds(found.back().middle, pair) < 2 * kSteadyS;
    if (same && factor <= best) continue;
    if (same) found.pop_back();
    found.push_back(ramp);
    best = factor;
  }
}

}  // namespace

std::vector<Finding> Observe(std::span<const PairMotion> pairs, const std::vector<bool>& boundary,
                             std::span<const double> pts_s) {
  const Shots shots(pairs, boundary, pts_s);
  std::vector<Finding> found;
  AddWhips(pairs, shots, found);
  AddZooms(pairs, shots, found);
  AddBursts(pairs, shots, found);
  AddSpeedRamps(pairs, shots, found);
  std::ranges::stable_sort(found, {}, &Finding::start);
  return found;
}

}  // namespace reelbatch::components::motion
