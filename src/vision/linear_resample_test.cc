#include "vision/linear_resample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "vision/fixture_planes.h"
#include "vision/forced_simd.h"
#include "vision/linear_resample_ref.h"

namespace reelbatch::vision {
namespace {

using fixture::SyntheticPlane;

const std::vector<double> kNone = {1};
const std::vector<double> kThree = {0.25, 0.5, 0.25};
const std::vector<double> kNine = {0.01, 0.05, 0.12, 0.2, 0.24, 0.2, 0.12, 0.05, 0.01};

// What the pyramid asks for, at sides that divide evenly and at others.
struct Case {
  const std::vector<double>& kernel;
  int (*target)(int source);
};
const Case kCases[] = {
    {kThree, [](int n) { return n; }},          {kThree, [](int n) { return (n + 1) / 2; }},
    {kNine, [](int n) { return (n + 3) / 4; }}, {kNone, [](int n) { return 2 * n; }},
    {kNone, [](int n) { return 2 * n - 1; }},
};

testing::AssertionResult Equal(const image::Plane<float>& a, const image::Plane<float>& b) {
  if (a.width() != b.width() || a.height() != b.height()) {
    return testing::AssertionFailure() << "other size";
  }
  for (int y = 0; y < a.height(); ++y) {
    for (int x = 0; x < a.width(); ++x) {
      if (a.row(y)[x] == b.row(y)[x]) continue;
      return testing::AssertionFailure()
             << "at " << x << ", " << y << ": " << a.row(y)[x] << " and " << b.row(y)[x];
    }
  }
  return testing::AssertionSuccess();
}

template <class T>
testing::AssertionResult EqualsTwin(image::ImageView<T> in, const Case& c, float gain) {
  const AxisFilter columns = MakeBlurAndResize(in.width, c.target(in.width), c.kernel);
  const AxisFilter rows = MakeBlurAndResize(in.height, c.target(in.height), c.kernel);
  std::vector<float> row;
  image::Plane<float> expected;
  image::Plane<float> actual;
  ResampleLinearRef(in, columns, rows, gain, row, expected);
  ResampleLinear(in, columns, rows, gain, row, actual);
  return Equal(expected, actual);
}

// Samples one off alignment, rows without padding: any read outside is one outside the vector.
class Floats {
 public:
  explicit Floats(image::ImageView<uint8_t> in)
      : samples_(static_cast<size_t>(in.width) * static_cast<size_t>(in.height) + 1),
        view_{.data = samples_.data() + 1,
              .width = in.width,
              .height = in.height,
              .stride = in.width} {
    for (int y = 0; y < in.height; ++y) {
      std::copy_n(in.row(y), in.width, samples_.data() + 1 + in.width * ptrdiff_t{y});
    }
  }
  image::ImageView<float> view() const { return view_; }

 private:
  std::vector<float> samples_;
  image::ImageView<float> view_;
};

class LinearResample : public testing::TestWithParam<std::string_view> {
 protected:
  ForcedSimd forced_{GetParam()};
};

TEST_P(LinearResample, EqualsTheTwinAtEverySize) {
  for (int side = 1; side <= 130; ++side) {
    const auto plane = SyntheticPlane(side, (side * 7) % 23 + 1, "noise:1:0:0:0");
    const fixture::OffsetCopy bytes(plane.view());
    const Floats floats(plane.view());
    for (const Case& c : kCases) {
      ASSERT_TRUE(EqualsTwin(bytes.view(), c, 1)) << side;
      ASSERT_TRUE(EqualsTwin(floats.view(), c, 2)) << side;
    }
  }
}

TEST_P(LinearResample, KeepsFlatPlanesFlat) {
  const auto plane = SyntheticPlane(67, 45, "flat:200:0:0:0");
  const AxisFilter columns = MakeBlurAndResize(67, 33, kNine);
  const AxisFilter rows = MakeBlurAndResize(45, 22, kNine);
  std::vector<float> row;
  image::Plane<float> out;
  ResampleLinear(plane.view(), columns, rows, 1, row, out);
  for (int y = 0; y < 22; ++y) {
    for (int x = 0; x < 33; ++x) ASSERT_NEAR(out.row(y)[x], 200, 1e-3);
  }
}

INSTANTIATE_TEST_SUITE_P(EveryTarget, LinearResample, testing::ValuesIn(SimdNames()),
                         [](const auto& target) { return std::string(target.param); });

TEST(AxisFilter, StaysInsideTheSourceAndNeverGoesBack) {
  for (int source = 1; source <= 130; ++source) {
    for (const Case& c : kCases) {
      const AxisFilter filter = MakeBlurAndResize(source, c.target(source), c.kernel);
      ASSERT_EQ(filter.first.size(), static_cast<size_t>(filter.stride));
      ASSERT_TRUE(std::ranges::is_sorted(filter.first)) << source;
      ASSERT_GE(filter.first.front(), 0);
      ASSERT_LE(filter.first.back() + filter.taps, source);
    }
  }
}

}  // namespace
}  // namespace reelbatch::vision
