#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "components/meter_set.h"
#include "image/frame.h"

namespace reelbatch::components {

/// A made-up 4:2:0 frame, full range: soft texture that depends on `shot`, moved by (dx, dy), lit
/// by `gain`.
class TestFrame {
 public:
  TestFrame(int width, int height, double shot, int dx = 0, int dy = 0, double gain = 1)
      : y_(width, height),
        u_((width + 1) / 2, (height + 1) / 2),
        v_((width + 1) / 2, (height + 1) / 2) {
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) y_.row(y)[x] = Level(x + dx, y + dy, shot, gain);
    }
    for (int y = 0; y < u_.height(); ++y) {
      for (int x = 0; x < u_.width(); ++x) {
        u_.row(y)[x] = static_cast<uint8_t>(128 + 40 * std::sin(shot * 2.1));
        v_.row(y)[x] = static_cast<uint8_t>(128 + 40 * std::cos(shot * 3.7));
      }
    }
  }

  image::FrameView view() const {
    return {.y = y_.view(), .u = u_.view(), .v = v_.view(), .full_range = true};
  }
  image::ImageView<uint8_t> luma() const { return y_.view(); }

 private:
  // Objects and their texture: smooth noise of two sizes, another one for every shot.
  static uint8_t Level(int x, int y, double shot, double gain) {
    const double level = 20 + 150 * Noise(x, y, 23, shot) + 60 * Noise(x, y, 5, shot + 0.5);
    return static_cast<uint8_t>(std::fmin(255.0, gain * level));
  }

  // 0..1: made-up values on a lattice of `step` samples, straight lines between them.
  static double Noise(int x, int y, int step, double shot) {
    const int far_x = x + 60'000;
    const int far_y = y + 60'000;
    const double u = static_cast<double>(far_x % step) / step;
    const double v = static_cast<double>(far_y % step) / step;
    const auto knot = [&](int i, int j) { return Knot(far_x / step + i, far_y / step + j, shot); };
    return (knot(0, 0) * (1 - u) + knot(1, 0) * u) * (1 - v) +
           (knot(0, 1) * (1 - u) + knot(1, 1) * u) * v;
  }

  static double Knot(int i, int j, double shot) {
    auto bits = static_cast<uint32_t>(i) * 73856093U ^ static_cast<uint32_t>(j) * 19349663U ^
                static_cast<uint32_t>(shot * 1000) * 83492791U;
    bits = (bits ^ (bits >> 15)) * 2246822519U;
    bits = (bits ^ (bits >> 13)) * 3266489917U;
    return static_cast<double>(bits >> 8) / (1U << 24U);
  }

  image::Plane<uint8_t> y_;
  image::Plane<uint8_t> u_;
  image::Plane<uint8_t> v_;
};

/// One walk over made-up frames through one component or more, which share their flow.
class TestWalk {
 public:
  explicit TestWalk(std::vector<std::unique_ptr<Component>> components)
      : components_(std::move(components)),
        meters_(components_),
        measures_(meters_.NewMeasures()) {}
  explicit TestWalk(std::unique_ptr<Component> component)
      : TestWalk(Listed(std::move(component))) {}

  base::Status Show(const image::StampedFrame& frame) {
    for (size_t k = 0; k < components_.size(); ++k) {
      if (auto measured = meters_.meter(k).Measure(frame, *measures_[k]); !measured)
        return measured;
      if (auto taken = components_[k]->Take(frame.stamp(), *measures_[k]); !taken) return taken;
    }
    return {};
  }

  base::Status Close(contracts::VideoOutcome& outcome) {
    for (const auto& component : components_) {
      if (auto closed = component->Close({}, outcome); !closed) return closed;
    }
    return {};
  }

 private:
  static std::vector<std::unique_ptr<Component>> Listed(std::unique_ptr<Component> component) {
    std::vector<std::unique_ptr<Component>> components;
    components.push_back(std::move(component));
    return components;
  }

  std::vector<std::unique_ptr<Component>> components_;
  MeterSet meters_;
  FrameMeasures measures_;
};

}  // namespace reelbatch::components
