#include "vision/flow_update.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "vision/fixture_planes.h"
#include "vision/flow_pyramid.h"
#include "vision/forced_simd.h"
#include "vision/linear_resample.h"
#include "vision/polynomial_expansion.h"

namespace reelbatch::vision {
namespace {

struct FlowPlanes {
  image::Plane<float> x;
  image::Plane<float> y;
};

// How a flow to start from looks: scattered by up to `scatter` around (dx, dy).
struct Start {
  float dx;
  float dy;
  float scatter;
};

struct Pair {
  const char* first;
  const char* second;
};

FlowLevel MakeLevel(int width, int height, const Pair& pair) {
  FlowLevel level = std::move(MakeFlowLevels(width, height)[0]);
  PolynomialExpansion expand;
  std::vector<float> row;
  image::Plane<float> smoothed;
  for (const char* const spec : {pair.first, pair.second}) {
    std::swap(level.previous, level.current);
    const auto plane = fixture::SyntheticPlane(width, height, spec);
    ResampleLinear(plane.view(), level.columns, level.rows, 1, row, smoothed);
    expand(smoothed, level.current);
  }
  return level;
}

FlowPlanes Updated(std::string_view target, const FlowLevel& level, const Start& start) {
  const ForcedSimd forced(target);
  FlowPlanes flow{.x = {level.width, level.height}, .y = {level.width, level.height}};
  const auto scattered = [&](int x, int y, int64_t seed) {
    return start.scatter * static_cast<float>(fixture::LatticeHash(x, y, seed) / 2147483648.0 - 1);
  };
  for (int y = 0; y < level.height; ++y) {
    for (int x = 0; x < level.width; ++x) {
      flow.x.row(y)[x] = start.dx + scattered(x, y, 1);
      flow.y.row(y)[x] = start.dy + scattered(x, y, 2);
    }
  }
  FlowUpdate update;
  update(level, flow.x, flow.y);
  return flow;
}

struct Difference {
  double largest = 0;  // px beyond 1e-3 of the vector's length
  bool same_bits = true;
};

Difference Compare(const FlowPlanes& a, const FlowPlanes& b) {
  Difference difference;
  for (int y = 0; y < a.x.height(); ++y) {
    for (int x = 0; x < a.x.width(); ++x) {
      const double dx = a.x.row(y)[x];
      const double dy = a.y.row(y)[x];
      const double off = std::hypot(dx - b.x.row(y)[x], dy - b.y.row(y)[x]);
      if (off != 0) difference.same_bits = false;
      // Written so that NaN, which neither may hold, is the largest of all.
      if (!(off - 1e-3 * std::hypot(dx, dy) <= difference.largest)) {
        difference.largest = off - 1e-3 * std::hypot(dx, dy);
      }
    }
  }
  return difference;
}

constexpr Start kStarts[] = {
    {.dx = 0, .dy = 0, .scatter = 0},           {.dx = 0, .dy = 0, .scatter = 0.01F},
    {.dx = 2, .dy = -1, .scatter = 0.7F},       {.dx = -3.5F, .dy = 0.5F, .scatter = 6},
    {.dx = 1e9F, .dy = -1e9F, .scatter = 1e9F}, {.dx = 0, .dy = 0, .scatter = 300},
};
constexpr Pair kPairs[] = {
    {"texture:1:0:0:3", "texture:1:2:1:3"}, {"noise:1:0:0:0", "noise:2:0:0:0"},
    {"blocks:3:0:0:0", "blocks:4:0:0:0"},   {"flat:7:0:0:0", "flat:200:0:0:0"},
    {"flat:0:0:0:0", "noise:2:0:0:0"},
};

// Every target but the twin: those are equal in every bit, and near the twin.
void ExpectAgreement(int width, int height, const Pair& pair, const Start& start) {
  const FlowLevel level = MakeLevel(width, height, pair);
  const FlowPlanes twin = Updated("scalar", level, start);
  const std::vector<std::string_view> names = SimdNames();
  if (names.size() == 1) return;
  const FlowPlanes first = Updated(names[1], level, start);
  EXPECT_LE(Compare(twin, first).largest, 1e-3)
      << width << "x" << height << " " << pair.first << " " << pair.second << " from " << start.dx
      << " +- " << start.scatter;
  for (size_t i = 2; i < names.size(); ++i) {
    EXPECT_TRUE(Compare(first, Updated(names[i], level, start)).same_bits)
        << names[i] << " " << width << "x" << height << " " << pair.first;
  }
}

TEST(FlowUpdate, TargetsAgreeAtEveryWidth) {
  for (int width = 1; width <= 130; ++width) {
    ExpectAgreement(width, (width * 7) % 37 + 1, kPairs[0], kStarts[2]);
  }
}

TEST(FlowUpdate, TargetsAgreeAtEveryHeight) {
  for (int height = 1; height <= 70; ++height) {
    ExpectAgreement(33, height, kPairs[0], kStarts[1]);
  }
}

TEST(FlowUpdate, TargetsAgreeOnWorstCases) {
  for (const Pair& pair : kPairs) {
    for (const Start& start : kStarts) ExpectAgreement(83, 61, pair, start);
  }
}

}  // namespace
}  // namespace reelbatch::vision
