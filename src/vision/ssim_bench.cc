#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

#include "vision/fixture_planes.h"
#include "vision/simd.h"
#include "vision/ssim.h"

namespace reelbatch::vision {
namespace {

double Similarity(const std::string& target, const image::Plane<uint8_t>& a,
                  const image::Plane<uint8_t>& b) {
  if (!ForceSimd(target)) throw std::runtime_error("unknown target " + target);
  return Ssim()(a.view(), b.view(), SsimRange::kSecondFrame);
}

void Time(benchmark::State& state, const std::string& target, int width, int height) {
  const auto a = fixture::SyntheticPlane(width, height, "texture:1:0:0:3");
  const auto b = fixture::SyntheticPlane(width, height, "texture:1:2:1:3");
  const double expected = Similarity("scalar", a, b);
  const double actual = Similarity(target, a, b);
  if (actual != expected) {
    throw std::runtime_error(fmt::format("{}: {} instead of {}", target, actual, expected));
  }
  Ssim ssim;
  for (auto _ : state) {
    benchmark::DoNotOptimize(ssim(a.view(), b.view(), SsimRange::kSecondFrame));
  }
}

const bool kRegistered = [] {
  for (const std::string_view target : SimdNames()) {
    for (const auto& [width, height] : {std::pair{512, 288}, std::pair{640, 360}}) {
      const auto name = fmt::format("Ssim/{}/{}x{}", target, width, height);
      benchmark::RegisterBenchmark(name.c_str(), Time, std::string(target), width, height)
          ->Unit(benchmark::kMicrosecond);
    }
  }
  return true;
}();

}  // namespace
}  // namespace reelbatch::vision
