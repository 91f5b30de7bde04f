#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "vision/block_search.h"
#include "vision/block_search_ref.h"
#include "vision/fixture_planes.h"
#include "vision/simd.h"

namespace reelbatch::vision {
namespace {

void Time(benchmark::State& state, const std::string& target) {
  MotionPlane current;
  MotionPlane reference;
  current.Assign(fixture::SyntheticPlane(160, 88, "texture:1:0:0:3").view());
  reference.Assign(fixture::SyntheticPlane(160, 88, "texture:1:5:3:3").view());
  if (!ForceSimd(target)) throw std::runtime_error("unknown target " + target);
  std::vector<MotionVector> vectors(static_cast<size_t>(current.blocks()));
  std::vector<MotionVector> expected(vectors.size());
  SearchHalf(current, reference, vectors);
  SearchHalfRef(current, reference, expected);
  if (vectors != expected)
    throw std::runtime_error(target + ": differs from the vectors of the scalar reference");
  for (auto _ : state) {
    SearchHalf(current, reference, vectors);
    benchmark::ClobberMemory();
  }
}

const bool kRegistered = [] {
  for (const std::string_view target : SimdNames()) {
    const auto name = fmt::format("BlockSearch/{}/160x88", target);
    benchmark::RegisterBenchmark(name.c_str(), Time, std::string(target))
        ->Unit(benchmark::kMicrosecond);
  }
  return true;
}();

}  // namespace
}  // namespace reelbatch::vision
