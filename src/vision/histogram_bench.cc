#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <stdexcept>
#include <string>

#include "vision/fixture_planes.h"
#include "vision/histogram.h"
#include "vision/histogram_ref.h"
#include "vision/simd.h"

namespace reelbatch::vision {
namespace {

struct Layout {
  const char* name;
  int shift_x;
  int shift_y;
};

void Time(benchmark::State& state, const std::string& target, Layout layout, const char* kind) {
  const int width = 1280;
  const int height = 720;
  const auto y = fixture::SyntheticPlane(width, height, fmt::format("{}:1:0:0:6", kind));
  const auto u = fixture::SyntheticPlane(width >> layout.shift_x, height >> layout.shift_y,
                                         fmt::format("{}:2:0:0:3", kind));
  const auto v = fixture::SyntheticPlane(u.width(), u.height(), fmt::format("{}:3:0:0:3", kind));
  const image::FrameView frame{.y = y.view(),
                               .u = u.view(),
                               .v = v.view(),
                               .chroma_shift_x = layout.shift_x,
                               .chroma_shift_y = layout.shift_y};
  if (!ForceSimd(target)) throw std::runtime_error("unknown target " + target);
  if (ValueHistogramOf(frame) != ValueHistogramOfRef(frame)) {
    throw std::runtime_error(target + ": differs from the histogram of the scalar reference");
  }
  for (auto _ : state) benchmark::DoNotOptimize(ValueHistogramOf(frame));
}

const bool kRegistered = [] {
  for (const std::string_view target : SimdNames()) {
    const auto add = [&](Layout layout, const char* kind) {
      const auto name = fmt::format("Histogram/{}/1280x720/{}/{}", target, layout.name, kind);
      benchmark::RegisterBenchmark(name.c_str(), Time, std::string(target), layout, kind)
          ->Unit(benchmark::kMicrosecond);
    };
    add({"420", 1, 1}, "texture");
    add({"420", 1, 1}, "noise");
    add({"444", 0, 0}, "texture");
  }
  return true;
}();

}  // namespace
}  // namespace reelbatch::vision
