// Runs the hottest kernels once each under callgrind, which counts their instructions.
//
// usage: valgrind --tool=callgrind kernel_instructions TARGET      a dump per kernel, named after
// it
//        kernel_instructions                                       the compiler, and the targets of
//        this machine
#include <valgrind/callgrind.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>

#include "vision/fixture_planes.h"
#include "vision/flow_pyramid.h"
#include "vision/flow_update.h"
#include "vision/forced_simd.h"
#include "vision/histogram.h"
#include "vision/luma.h"
#include "vision/polynomial_expansion.h"

namespace {

using namespace reelbatch;

// Once to fill tables and buffers, once to count.
template <class F>
void Count(const char* name, const F& kernel) {
  kernel();
  CALLGRIND_ZERO_STATS;
  kernel();
  CALLGRIND_DUMP_STATS_AT(name);
}

image::Plane<float> AsFloats(const image::Plane<uint8_t>& plane) {
  image::Plane<float> floats(plane.width(), plane.height());
  for (int y = 0; y < plane.height(); ++y) {
    for (int x = 0; x < plane.width(); ++x) floats.row(y)[x] = plane.row(y)[x];
  }
  return floats;
}

void CountFlow() {
  constexpr int kWidth = 320;
  constexpr int kHeight = 180;
  const auto before = AsFloats(vision::fixture::SyntheticPlane(kWidth, kHeight, "texture:1:0:0:3"));
  const auto after = AsFloats(vision::fixture::SyntheticPlane(kWidth, kHeight, "texture:1:2:1:3"));
  vision::FlowLevel level = std::move(vision::MakeFlowLevels(kWidth, kHeight).front());
  vision::PolynomialExpansion expand;
  expand(before, level.previous);
  Count("polynomial_expansion", [&] { expand(after, level.current); });
  image::Plane<float> flow_x(kWidth, kHeight);
  image::Plane<float> flow_y(kWidth, kHeight);
  vision::FlowUpdate update;
  Count("flow_update", [&] {
    for (int y = 0; y < kHeight; ++y) {
      std::fill_n(flow_x.row(y), flow_x.stride(), 0.0F);
      std::fill_n(flow_y.row(y), flow_y.stride(), 0.0F);
    }
    for (int i = 0; i < 3; ++i) update(level, flow_x, flow_y);
  });
}

void CountFrame() {
  constexpr int kWidth = 1280;
  constexpr int kHeight = 720;
  const auto y = vision::fixture::SyntheticPlane(kWidth, kHeight, "texture:1:0:0:3");
  const auto u = vision::fixture::SyntheticPlane(kWidth / 2, kHeight / 2, "texture:2:0:0:3");
  const auto v = vision::fixture::SyntheticPlane(kWidth / 2, kHeight / 2, "texture:3:0:0:3");
  const image::FrameView frame{.y = y.view(), .u = u.view(), .v = v.view()};
  vision::LumaScaler scaler;
  image::Plane<uint8_t> small;
  Count("luma_downscale", [&] { scaler.Downscale(frame, {.width = 512, .height = 288}, small); });
  vision::ValueHistogram histogram;
  Count("value_histogram", [&] { histogram = vision::ValueHistogramOf(frame); });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::printf("compiler %s\ntargets", __VERSION__);
    for (const auto target : vision::SimdNames()) std::printf(" %s", std::string(target).c_str());
    std::puts("");
    return 0;
  }
  const vision::ForcedSimd forced(argv[1]);
  CountFlow();
  CountFrame();
}
