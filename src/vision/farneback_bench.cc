#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

#include "vision/farneback.h"
#include "vision/fixture_planes.h"
#include "vision/forced_simd.h"

namespace reelbatch::vision {
namespace {

// A camera that moves, with grain; and two pictures that have nothing in common.
struct Scene {
  const char* name;
  const char* first;
  const char* second;
};
constexpr Scene kMoving = {"moving", "texture:1:0:0:3", "texture:1:2:1:3"};
constexpr Scene kStill = {"still", "texture:1:0:0:3", "texture:1:0:0:4"};
constexpr Scene kCut = {"cut", "texture:2:0:0:3", "texture:3:0:0:3"};

double MeanMagnitude(const std::string& target, const image::Plane<uint8_t>& a,
                     const image::Plane<uint8_t>& b) {
  const ForcedSimd forced(target);
  FarnebackFlow flow;
  flow.Push(a.view());
  flow.Push(b.view());
  return flow.mean_magnitude();
}

void Time(benchmark::State& state, const std::string& target, Scene scene, int width, int height) {
  const auto a = fixture::SyntheticPlane(width, height, scene.first);
  const auto b = fixture::SyntheticPlane(width, height, scene.second);
  const double expected = MeanMagnitude("scalar", a, b);
  const double actual = MeanMagnitude(target, a, b);
  if (!(std::abs(actual - expected) <= 1e-4 * expected)) {
    throw std::runtime_error(
        fmt::format("{} on {}: {} instead of {}", target, scene.name, actual, expected));
  }
  const ForcedSimd forced(target);
  FarnebackFlow flow;
  flow.Push(a.view());
  bool second = true;
  for (auto _ : state) {
    flow.Push((second ? b : a).view());
    second = !second;
    benchmark::DoNotOptimize(flow.mean_magnitude());
  }
}

const bool kRegistered = [] {
  for (const std::string_view target : SimdNames()) {
    for (const Scene& scene : {kMoving, kStill, kCut}) {
      for (const auto& [width, height] : {std::pair{320, 180}, std::pair{160, 90}}) {
        const auto name = fmt::format("Farneback/{}/{}x{}/{}", target, width, height, scene.name);
        benchmark::RegisterBenchmark(name.c_str(), Time, std::string(target), scene, width, height)
            ->Unit(benchmark::kMicrosecond);
      }
    }
  }
  return true;
}();

}  // namespace
}  // namespace reelbatch::vision
