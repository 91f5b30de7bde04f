#include "components/cut_detection/soft/front.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>

namespace reelbatch::components::soft {
namespace {

// Levels: movement and noise seldom change a sample of this size more from frame to frame.
constexpr int kLeastChange = 16;
// Fewer changed samples say nothing about the whole picture.
constexpr double kLeastShare = 0.33;
// Nearer to the front than this share of its way, or than one frame, is near.
constexpr double kNear = 0.12;

// Sums for the plane time = t + gx * x + gy * y through the changed samples.
struct Moments {
  double n = 0, x = 0, y = 0, t = 0, xx = 0, yy = 0, xy = 0, xt = 0, yt = 0, tt = 0;

  void Add(double px, double py, double pt) {
    n += 1, x += px, y += py, t += pt;
    xx += px * px, yy += py * py, xy += px * py;
    xt += px * pt, yt += py * pt, tt += pt * pt;
  }
};

}  // namespace

void FrontFinder::Begin(const CoarseFrame& first, int lag) {
  const auto samples = static_cast<size_t>(first.width) * static_cast<size_t>(first.height);
  most_.assign(samples, 0);
  when_.assign(samples, 0);
  width_ = first.width;
  height_ = first.height;
  lag_ = lag;
  pairs_ = 0;
}

void FrontFinder::Add(const CoarseFrame& frame, const CoarseFrame& later) {
  ++pairs_;
  const uint8_t* const before = frame.levels.data();
  const uint8_t* const after = later.levels.data();
  // Locals: a byte in memory may be any member, and the loop is to become vectors.
  const uint8_t number = pairs_;
  uint8_t* const most = most_.data();
  uint8_t* const when = when_.data();
  const size_t samples = most_.size();
  for (size_t i = 0; i < samples; ++i) {
    const auto change =
        static_cast<uint8_t>(std::max(before[i], after[i]) - std::min(before[i], after[i]));
    when[i] = change > most[i] ? number : when[i];
    most[i] = std::max(change, most[i]);
  }
}

std::optional<Front> FrontFinder::Fit() {
  const int width = width_;
  const int height = height_;
  Moments sums;
  for (size_t i = 0; i < most_.size(); ++i) {
    if (most_[i] < kLeastChange) continue;
    const auto at = std::div(static_cast<int>(i), width);
    sums.Add(at.rem, at.quot, when_[i]);
  }
  const double share = sums.n / static_cast<double>(std::max<size_t>(1, most_.size()));
  if (share < kLeastShare) return std::nullopt;
  const double x = sums.x / sums.n;
  const double y = sums.y / sums.n;
  const double t = sums.t / sums.n;
  const double xx = sums.xx / sums.n - x * x;
  const double yy = sums.yy / sums.n - y * y;
  const double xy = sums.xy / sums.n - x * y;
  const double xt = sums.xt / sums.n - x * t;
  const double yt = sums.yt / sums.n - y * t;
  const double tt = sums.tt / sums.n - t * t;
  const double determinant = xx * yy - xy * xy;
  if (determinant <= 0 || tt <= 0) return std::nullopt;
  const double gx = (xt * yy - yt * xy) / determinant;
  const double gy = (yt * xx - xt * xy) / determinant;
  const double way = std::abs(gx) * width + std::abs(gy) * height;
  const double near = std::max(1.0, kNear * way);
  double close = 0;
  for (size_t i = 0; i < most_.size(); ++i) {
    if (most_[i] < kLeastChange) continue;
    const auto at = std::div(static_cast<int>(i), width);
    const double expected = t + gx * (at.rem - x) + gy * (at.quot - y);
    close += std::abs(when_[i] - expected) < near ? 1 : 0;
  }
  const double middle = t + gx * ((width - 1) / 2.0 - x) + gy * ((height - 1) / 2.0 - y);
  // A sample that changes from frame k to frame k + lag does so half way between them.
  const double later = (lag_ - 1) / 2.0;
  return Front{.start = middle - way / 2 - 0.5 + later,
               .end = middle + way / 2 + 0.5 + later,
               .order = static_cast<float>((gx * xt + gy * yt) / tt),
               .close = static_cast<float>(close / sums.n),
               .share = static_cast<float>(share)};
}

}  // namespace reelbatch::components::soft
