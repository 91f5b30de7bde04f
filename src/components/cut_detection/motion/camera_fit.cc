#include "components/cut_detection/motion/camera_fit.h"

#include <cmath>

namespace reelbatch::components::motion {
namespace {

// Flow is smooth over its window of 15 px: a vector in sixteen says as much as all.
constexpr int kStep = 4;
// Px: what noise does to a vector of a still picture.
constexpr float kNoise = 0.3F;
// Nearer than this share of its own length a vector goes along.
constexpr float kNear = 0.25F;

struct Sums {
  double n = 0, xx = 0, x = 0, y = 0, u = 0, v = 0, divergence = 0, curl = 0;
};

struct Sample {
  float x = 0, y = 0, u = 0, v = 0;
};

float Distance(const CameraFit& fit, const Sample& sample) {
  const float u = fit.pan_x + fit.zoom * sample.x - fit.roll * sample.y;
  const float v = fit.pan_y + fit.zoom * sample.y + fit.roll * sample.x;
  return std::hypot(sample.u - u, sample.v - v);
}

bool Near(const CameraFit& fit, const Sample& sample) {
  return Distance(fit, sample) <= kNoise + kNear * std::hypot(sample.u, sample.v);
}

template <class Visit>
void ForEachSample(const image::Plane<float>& flow_x, const image::Plane<float>& flow_y,
                   Visit visit) {
  for (int y = kStep / 2; y < flow_x.height(); y += kStep) {
    for (int x = kStep / 2; x < flow_x.width(); x += kStep) {
      visit(Sample{.x = static_cast<float>(x) - static_cast<float>(flow_x.width() - 1) / 2,
                   .y = static_cast<float>(y) - static_cast<float>(flow_x.height() - 1) / 2,
                   .u = flow_x.row(y)[x],
                   .v = flow_y.row(y)[x]});
    }
  }
}

// With the places taken from their own middle the four unknowns part.
CameraFit Solve(const Sums& sums) {
  if (sums.n < 1) return {};
  const double x = sums.x / sums.n;
  const double y = sums.y / sums.n;
  const double u = sums.u / sums.n;
  const double v = sums.v / sums.n;
  const double area = sums.xx - sums.n * (x * x + y * y);
  double zoom = 0;
  double roll = 0;
  if (area > 0) {
    zoom = (sums.divergence - sums.n * (x * u + y * v)) / area;
    roll = (sums.curl - sums.n * (x * v - y * u)) / area;
  }
  return {.pan_x = static_cast<float>(u - zoom * x + roll * y),
          .pan_y = static_cast<float>(v - zoom * y - roll * x),
          .zoom = static_cast<float>(zoom),
          .roll = static_cast<float>(roll)};
}

}  // namespace

CameraFit FitCamera(const image::Plane<float>& flow_x, const image::Plane<float>& flow_y) {
  CameraFit fit;
  for (int pass = 0; pass < 2; ++pass) {
    Sums sums;
    ForEachSample(flow_x, flow_y, [&](const Sample& s) {
      if (pass > 0 && !Near(fit, s)) return;
      sums.n += 1;
      sums.x += s.x, sums.y += s.y, sums.u += s.u, sums.v += s.v;
      sums.xx += s.x * s.x + s.y * s.y;
      sums.divergence += s.x * s.u + s.y * s.v;
      sums.curl += s.x * s.v - s.y * s.u;
    });
    if (sums.n < 1) break;
    fit = Solve(sums);
  }
  int all = 0;
  int near = 0;
  ForEachSample(flow_x, flow_y, [&](const Sample& s) {
    ++all;
    near += Near(fit, s) ? 1 : 0;
  });
  fit.explained = all > 0 ? static_cast<float>(near) / static_cast<float>(all) : 0.0F;
  return fit;
}

}  // namespace reelbatch::components::motion
