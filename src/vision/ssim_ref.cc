#include "vision/ssim_ref.h"

#include <algorithm>
#include <bit>

namespace reelbatch::vision {
namespace {

using Bytes = image::ImageView<uint8_t>;

// Wang et al. 2004, the constants every implementation uses.
constexpr double kK1 = 0.01;
constexpr double kK2 = 0.03;

// out[x] = in[x] + ... + in[x + kWindow - 1].
template <int kWindow, class T>
void SumRow(const T* __restrict in, int count, T* __restrict out) {
  for (int x = 0; x < count; ++x) {
    T sum = in[x];
    for (int k = 1; k < kWindow; ++k) sum = static_cast<T>(sum + in[x + k]);
    out[x] = sum;
  }
}

struct ColumnSums {
  int16_t* __restrict a;
  int16_t* __restrict b;
  int32_t* __restrict squares;
  int32_t* __restrict product;
};

void AddRow(const uint8_t* a, const uint8_t* b, int width, ColumnSums sums) {
  for (int x = 0; x < width; ++x) {
    const int16_t va = a[x];
    const int16_t vb = b[x];
    sums.a[x] = static_cast<int16_t>(sums.a[x] + va);
    sums.b[x] = static_cast<int16_t>(sums.b[x] + vb);
    sums.squares[x] += int32_t{va} * va + int32_t{vb} * vb;
    sums.product[x] += int32_t{va} * vb;
  }
}

void RemoveRow(const uint8_t* a, const uint8_t* b, int width, ColumnSums sums) {
  for (int x = 0; x < width; ++x) {
    const int16_t va = a[x];
    const int16_t vb = b[x];
    sums.a[x] = static_cast<int16_t>(sums.a[x] - va);
    sums.b[x] = static_cast<int16_t>(sums.b[x] - vb);
    sums.squares[x] -= int32_t{va} * va + int32_t{vb} * vb;
    sums.product[x] -= int32_t{va} * vb;
  }
}

}  // namespace

void SsimRef::Sums::Resize(size_t size) {
  a.resize(size);
  b.resize(size);
  squares.resize(size);
  product.resize(size);
}

template <int kWindow>
void SsimRef::SumWindows(int count) {
  SumRow<kWindow>(columns_.a.data(), count, windows_.a.data());
  SumRow<kWindow>(columns_.b.data(), count, windows_.b.data());
  SumRow<kWindow>(columns_.squares.data(), count, windows_.squares.data());
  SumRow<kWindow>(columns_.product.data(), count, windows_.product.data());
}

// With n samples in a window, means are sums / n and sample variances (n * sum of squares - sum^2)
// / (n * (n - 1)). SSIM's quotient is taken times n^2 and n * (n - 1), so that all but the
// constants stays integer: at most 2 * (49 * 255)^2 < 2^31, which keeps the differences exact where
// the planes are nearly alike.
template <int kWindow>
int64_t SsimRef::SumScores(int count, SsimConstants constants) {
  constexpr int32_t kSamples = kWindow * kWindow;
  const int16_t* __restrict const sum_a = windows_.a.data();
  const int16_t* __restrict const sum_b = windows_.b.data();
  const int32_t* __restrict const squares = windows_.squares.data();
  const int32_t* __restrict const product = windows_.product.data();
  int64_t total = 0;
  for (int x = 0; x < count; ++x) {
    const int32_t means = int32_t{sum_a[x]} * sum_b[x];
    const int32_t mean_squares = int32_t{sum_a[x]} * sum_a[x] + int32_t{sum_b[x]} * sum_b[x];
    const int32_t covariance = product[x] * kSamples - means;
    const int32_t variances = squares[x] * kSamples - mean_squares;
    const float above = (static_cast<float>(2 * means) + constants.c1) *
                        (static_cast<float>(2 * covariance) + constants.c2);
    const float below = (static_cast<float>(mean_squares) + constants.c1) *
                        (static_cast<float>(variances) + constants.c2);
    total += std::bit_cast<int32_t>(above / below + kScoreBase) - kScoreBaseBits;
  }
  return total;
}

template <int kWindow>
int64_t SsimRef::Sum(Bytes a, Bytes b, SsimConstants constants) {
  const auto width = static_cast<size_t>(a.width);
  columns_.Resize(width);
  std::ranges::fill(columns_.a, int16_t{0});
  std::ranges::fill(columns_.b, int16_t{0});
  std::ranges::fill(columns_.squares, 0);
  std::ranges::fill(columns_.product, 0);
  windows_.Resize(width);
  const ColumnSums sums{.a = columns_.a.data(),
                        .b = columns_.b.data(),
                        .squares = columns_.squares.data(),
                        .product = columns_.product.data()};
  for (int y = 0; y < kWindow - 1; ++y) AddRow(a.row(y), b.row(y), a.width, sums);
  const int count = a.width - kWindow + 1;
  const int rows = a.height - kWindow + 1;
  int64_t total = 0;
  for (int y = 0; y < rows; ++y) {
    AddRow(a.row(y + kWindow - 1), b.row(y + kWindow - 1), a.width, sums);
    SumWindows<kWindow>(count);
    total += SumScores<kWindow>(count, constants);
    RemoveRow(a.row(y), b.row(y), a.width, sums);
  }
  return total;
}

SsimConstants SsimConstantsOf(int window, double range) {
  const double samples = window * window;
  // One sample has no variance: any constant makes that factor 1.
  const double variance_scale = window > 1 ? samples * (samples - 1) : 1;
  return {.c1 = static_cast<float>(kK1 * range * kK1 * range * samples * samples),
          .c2 = static_cast<float>(kK2 * range * kK2 * range * variance_scale)};
}

int64_t SsimRef::Sum(Bytes a, Bytes b, int window, SsimConstants constants) {
  switch (window) {
    case 7:
      return Sum<7>(a, b, constants);
    case 5:
      return Sum<5>(a, b, constants);
    case 3:
      return Sum<3>(a, b, constants);
    default:
      return Sum<1>(a, b, constants);
  }
}

}  // namespace reelbatch::vision
