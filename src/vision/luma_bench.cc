#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <stdexcept>
#include <string>

#include "vision/fixture_planes.h"
#include "vision/luma.h"
#include "vision/luma_ref.h"
#include "vision/simd.h"

namespace reelbatch::vision {
namespace {

void Time(benchmark::State& state, const std::string& target, Size source, Size size) {
  const auto plane = fixture::SyntheticPlane(source.width, source.height, "texture:1:0:0:6");
  const image::FrameView frame{.y = plane.view(), .u = {}, .v = {}};
  if (!ForceSimd(target)) throw std::runtime_error("unknown target " + target);
  LumaScaler scaler;
  image::Plane<uint8_t> out;
  image::Plane<uint8_t> expected;
  scaler.Downscale(frame, size, out);
  ResizeLumaRef(frame.y, size, true, expected);
  if (!fixture::Same(out, expected))
    throw std::runtime_error(target + ": differs from the plane of the scalar reference");
  for (auto _ : state) {
    scaler.Downscale(frame, size, out);
    benchmark::ClobberMemory();
  }
}

const bool kRegistered = [] {
  for (const std::string_view target : SimdNames()) {
    for (const Size source : {Size{1280, 720}, Size{1920, 1080}, Size{854, 480}}) {
      for (const int side : {512, 320}) {
        const Size size = FitMaxSide(source.width, source.height, side);
        const auto name =
            fmt::format("Luma/{}/{}x{}/{}", target, source.width, source.height, side);
        benchmark::RegisterBenchmark(name.c_str(), Time, std::string(target), source, size)
            ->Unit(benchmark::kMicrosecond);
      }
    }
  }
  return true;
}();

}  // namespace
}  // namespace reelbatch::vision
