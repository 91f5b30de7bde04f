#include "vision/flow_update_ref.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "vision/flow_update.h"

namespace reelbatch::vision {
namespace {

using Terms = std::array<float, Expansion::kTerms>;
constexpr int kRadius = FlowUpdate::kWindow / 2;
constexpr int kKeptRows = FlowUpdate::kWindow + 1;  // the window's, and the one that leaves it

Terms At(const Expansion& expansion, int x, int y) {
  Terms terms{};
  for (int t = 0; t < Expansion::kTerms; ++t) {
    terms[static_cast<size_t>(t)] = expansion.row(y)[ptrdiff_t{t} * expansion.term_stride() + x];
  }
  return terms;
}

// The current frame's terms where the flow leads, bilinear; outside, the previous frame's own
// quadratic with no linear part, which leaves the flow to itself.
Terms Moved(const FlowLevel& level, int x, int y, float flow_x, float flow_y, const Terms& own) {
  // Outside is outside, however far: the clamp keeps the conversion to int defined.
  const float to_x =
      std::clamp(static_cast<float>(x) + flow_x, -1.0F, static_cast<float>(level.width));
  const float to_y =
      std::clamp(static_cast<float>(y) + flow_y, -1.0F, static_cast<float>(level.height));
  const int column = static_cast<int>(std::floor(to_x));
  const int line = static_cast<int>(std::floor(to_y));
  if (column < 0 || line < 0 || column >= level.width - 1 || line >= level.height - 1) {
    Terms moved = own;
    moved[Expansion::kX] = 0;
    moved[Expansion::kY] = 0;
    return moved;
  }
  const float part_x = to_x - static_cast<float>(column);
  const float part_y = to_y - static_cast<float>(line);
  const float w11 = part_x * part_y;
  const float w01 = part_x - w11;
  const float w10 = part_y - w11;
  const float w00 = 1 - part_x - w10;
  const Terms t00 = At(level.current, column, line);
  const Terms t01 = At(level.current, column + 1, line);
  const Terms t10 = At(level.current, column, line + 1);
  const Terms t11 = At(level.current, column + 1, line + 1);
  Terms moved{};
  for (size_t t = 0; t < moved.size(); ++t) {
    moved[t] = w00 * t00[t] + w01 * t01[t] + w10 * t10[t] + w11 * t11[t];
  }
  return moved;
}

}  // namespace

void FlowUpdateRef::BuildRow(const FlowLevel& level, int y, const float* flow_x,
                             const float* flow_y) {
  const float row_weight = level.row_weights[static_cast<size_t>(y)];
  for (int x = 0; x < level.width; ++x) {
    const float weight = level.column_weights[static_cast<size_t>(x)] * row_weight;
    const Terms own = At(level.previous, x, y);
    const Terms moved = Moved(level, x, y, flow_x[x], flow_y[x], own);
    float yy = (own[Expansion::kYY] + moved[Expansion::kYY]) * 0.5F;
    float xx = (own[Expansion::kXX] + moved[Expansion::kXX]) * 0.5F;
    float xy = (own[Expansion::kXY] + moved[Expansion::kXY]) * 0.25F;
    float by = (own[Expansion::kY] - moved[Expansion::kY]) * 0.5F;
    float bx = (own[Expansion::kX] - moved[Expansion::kX]) * 0.5F;
    by = (by + yy * flow_y[x] + xy * flow_x[x]) * weight;
    bx = (bx + xy * flow_y[x] + xx * flow_x[x]) * weight;
    yy *= weight;
    xx *= weight;
    xy *= weight;
    const int kept = y % kKeptRows;
    equations_[kG11].row(kept)[x] = yy * yy + xy * xy;
    equations_[kG12].row(kept)[x] = (yy + xx) * xy;
    equations_[kG22].row(kept)[x] = xx * xx + xy * xy;
    equations_[kH1].row(kept)[x] = yy * by + xy * bx;
    equations_[kH2].row(kept)[x] = xy * by + xx * bx;
  }
}

// Column sums as if the window's centre stood one row above the first.
void FlowUpdateRef::StartColumns(size_t equation, int width, int height) {
  double* const sums = columns_[equation].data();
  for (int x = 0; x < width; ++x) {
    sums[x] = double{equations_[equation].row(0)[x]} * (kRadius + 2);
    for (int y = 1; y < kRadius; ++y) {
      sums[x] += equations_[equation].row(std::min(y, height - 1))[x];
    }
  }
}

void FlowUpdateRef::MoveColumns(size_t equation, int width, int leaving, int entering) {
  const float* const out = equations_[equation].row(leaving % kKeptRows);
  const float* const in = equations_[equation].row(entering % kKeptRows);
  double* const sums = columns_[equation].data();
  for (int x = 0; x < width; ++x) sums[x] += double{in[x]} - double{out[x]};
}

void FlowUpdateRef::SumWindows(size_t equation, int width) {
  const double* const columns = columns_[equation].data();
  const auto column = [&](int x) { return columns[std::clamp(x, 0, width - 1)]; };
  double sum = 0;
  for (int x = -kRadius - 1; x < kRadius; ++x) sum += column(x);
  for (int x = 0; x < width; ++x) {
    sum += column(x + kRadius) - column(x - kRadius - 1);
    windows_[equation][static_cast<size_t>(x)] = sum;
  }
}

void FlowUpdateRef::SolveRow(int width, float* flow_x, float* flow_y) const {
  constexpr double kMean = 1.0 / (FlowUpdate::kWindow * FlowUpdate::kWindow);
  for (int x = 0; x < width; ++x) {
    const auto i = static_cast<size_t>(x);
    const double g11 = windows_[kG11][i] * kMean;
    const double g12 = windows_[kG12][i] * kMean;
    const double g22 = windows_[kG22][i] * kMean;
    const double h1 = windows_[kH1][i] * kMean;
    const double h2 = windows_[kH2][i] * kMean;
    const double inverse = 1 / (g11 * g22 - g12 * g12 + FlowUpdate::kRegulariser);
    flow_x[x] = static_cast<float>((g11 * h2 - g12 * h1) * inverse);
    flow_y[x] = static_cast<float>((g22 * h1 - g12 * h2) * inverse);
  }
}

// A row's equations are built from the flow before the iteration: the window reaches kRadius rows
// ahead of the row that is solved, so no row is overwritten before its equations are built.
void FlowUpdateRef::operator()(const FlowLevel& level, image::Plane<float>& flow_x,
                               image::Plane<float>& flow_y) {
  const int width = level.width;
  const int height = level.height;
  for (size_t e = 0; e < kEquations; ++e) {
    equations_[e].Reset(width, kKeptRows);
    columns_[e].resize(static_cast<size_t>(width));
    windows_[e].resize(static_cast<size_t>(width));
  }
  for (int y = 0; y < std::min(kRadius, height); ++y) {
    BuildRow(level, y, flow_x.row(y), flow_y.row(y));
  }
  for (size_t e = 0; e < kEquations; ++e) StartColumns(e, width, height);
  for (int y = 0; y < height; ++y) {
    const int entering = std::min(y + kRadius, height - 1);
    if (y + kRadius < height) BuildRow(level, entering, flow_x.row(entering), flow_y.row(entering));
    for (size_t e = 0; e < kEquations; ++e) {
      MoveColumns(e, width, std::max(y - kRadius - 1, 0), entering);
      SumWindows(e, width);
    }
    SolveRow(width, flow_x.row(y), flow_y.row(y));
  }
}

}  // namespace reelbatch::vision
