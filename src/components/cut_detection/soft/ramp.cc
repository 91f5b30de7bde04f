#include "components/cut_detection/soft/ramp.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace reelbatch::components::soft {
namespace {

constexpr float kQuarter = 0.25F;
constexpr float kThreeQuarters = 0.75F;

}  // namespace

Between PlaceBetween(float from_first, float from_last, float first_to_last) {
  if (!(first_to_last > 0)) return {};
  const float alpha = (first_to_last + from_first - from_last) / (2 * first_to_last);
  return {.alpha = alpha, .rest = std::max(0.0F, from_first / first_to_last - alpha * alpha)};
}

std::optional<Ramp> FitRamp(std::span<const Between> places, std::span<const double> pts_s) {
  const size_t last = places.size() - 1;
  size_t below = 0;     // the last frame that has not passed a quarter
  size_t above = last;  // the first one from which on three quarters are passed
  for (size_t i = 0; i <= last; ++i) {
    if (places[i].alpha <= kQuarter) below = i;
    if (places[last - i].alpha >= kThreeQuarters) above = last - i;
  }
  if (above <= below) return std::nullopt;
  const auto crossing = [&](size_t before, float level) {
    const float from = places[before].alpha;
    const float share = (level - from) / (places[before + 1].alpha - from);
    return pts_s[before] + share * (pts_s[before + 1] - pts_s[before]);
  };
  const double quarter_s = crossing(below, kQuarter);
  const double half_way_s = crossing(above - 1, kThreeQuarters) - quarter_s;
  Ramp ramp{.start_s = quarter_s - half_way_s / 2, .end_s = quarter_s + 1.5 * half_way_s};
  if (ramp.start_s < pts_s.front() || ramp.end_s > pts_s.back()) return std::nullopt;

  double squares = 0;
  float rest_sum = 0;
  int inside = 0;
  for (size_t i = 0; i <= last; ++i) {
    const double on_line =
        std::clamp((pts_s[i] - ramp.start_s) / (ramp.end_s - ramp.start_s), 0.0, 1.0);
    squares += (places[i].alpha - on_line) * (places[i].alpha - on_line);
    if (i > 0) ramp.step = std::max(ramp.step, std::abs(places[i].alpha - places[i - 1].alpha));
    if (pts_s[i] > ramp.start_s && pts_s[i] < ramp.end_s) {
      rest_sum += places[i].rest;
      ramp.most_rest = std::max(ramp.most_rest, places[i].rest);
      ++inside;
    }
  }
  ramp.error = static_cast<float>(std::sqrt(squares / static_cast<double>(last + 1)));
  ramp.rest = rest_sum / static_cast<float>(std::max(1, inside));
  return ramp;
}

}  // namespace reelbatch::components::soft
