// The kernels take no memory once they have seen a video's size: counted at the source of all of
// it.
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "vision/every_target.h"
#include "vision/farneback.h"
#include "vision/fixture_planes.h"
#include "vision/forced_simd.h"
#include "vision/histogram.h"
#include "vision/luma.h"
#include "vision/ssim.h"

namespace {

std::atomic<int> g_allocations = 0;

void* Allocate(size_t size, size_t alignment) {
  ++g_allocations;
  const size_t rounded = (size + alignment - 1) / alignment * alignment;
  void* const memory = std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

// Not inlined: g++ 12 else sees aligned memory freed by free() and calls that a mismatch.
[[gnu::noinline]] void Release(void* memory) { std::free(memory); }

}  // namespace

void* operator new(size_t size) { return Allocate(size, alignof(std::max_align_t)); }
void* operator new(size_t size, std::align_val_t alignment) {
  return Allocate(size, static_cast<size_t>(alignment));
}
// NOLINTBEGIN(clang-analyzer-cplusplus.NewDelete): takes operator delete's own free() for a use
// after it.
void operator delete(void* memory) noexcept { Release(memory); }
void operator delete(void* memory, size_t /*size*/) noexcept { Release(memory); }
void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept { Release(memory); }
void operator delete(void* memory, size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
  Release(memory);
}
// NOLINTEND(clang-analyzer-cplusplus.NewDelete)

namespace reelbatch::vision {
namespace {

class Kernels : public EveryTarget {};
INSTANTIATE_TEST_SUITE_P(Targets, Kernels, AllTargets(), TargetName);

TEST_P(Kernels, TakeNoMemoryAfterTheFirstPair) {
  const auto a = fixture::SyntheticPlane(321, 179, "texture:1:0:0:3");
  const auto b = fixture::SyntheticPlane(321, 179, "texture:1:3:1:3");
  const auto chroma = fixture::SyntheticPlane(161, 90, "texture:2:0:0:3");
  LumaScaler scaler;
  image::Plane<uint8_t> small;
  Ssim ssim;
  FarnebackFlow flow;
  const auto process = [&](const image::Plane<uint8_t>& luma) {
    const image::FrameView frame{.y = luma.view(), .u = chroma.view(), .v = chroma.view()};
    const ValueHistogram histogram = ValueHistogramOf(frame);
    scaler.Downscale(frame, {.width = 200, .height = 111}, small);
    return HistogramL1(histogram, HistogramOf(small.view())) +
           ssim(a.view(), luma.view(), SsimRange::kSecondFrame) +
           (flow.Push(luma.view()) ? flow.mean_magnitude() : 0);
  };
  for (const std::string_view target : SimdNames()) {
    const ForcedSimd forced(target);
    process(a);
    process(b);
    const int before = g_allocations;
    EXPECT_GT(before, 0);
    double sum = 0;
    for (int i = 0; i < 3; ++i) sum += process(a) + process(b);
    EXPECT_EQ(g_allocations, before) << target;
    EXPECT_GT(sum, 0);
  }
}

}  // namespace
}  // namespace reelbatch::vision
