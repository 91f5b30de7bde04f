#include "vision/farneback.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <ranges>
#include <utility>
#include <vector>

#include "vision/linear_resample.h"
#include "vision/polynomial_expansion.h"

namespace reelbatch::vision {
namespace {

using image::ImageView;
using image::Plane;

constexpr double kPyramidScale = 0.5;
constexpr int kLevels = 3;
constexpr int kWindow = 15;
constexpr int kIterations = 3;
constexpr int kMinLevelSide = 32;  // OpenCV makes no level with a side below it
// Distance-to-edge weights and the regulariser of the 2 x 2 solve, as OpenCV has them.
constexpr std::array<float, 5> kEdgeWeights = {0.14F, 0.14F, 0.4472F, 0.4472F, 0.4472F};
constexpr double kRegulariser = 1e-3;

// The normal equations of the displacement at one sample: {g11 g12; g12 g22} d = {h1, h2}. Only the
// rows that a window touches are kept: image row y lies in row y % kKeptRows, in place of the one
// that left the window.
enum Equation : uint8_t { kG11, kG12, kG22, kH1, kH2, kEquations };
using Equations = std::array<Plane<float>, kEquations>;
constexpr int kKeptRows = kWindow + 1;  // the window's, and the one that leaves it

// Two expansions and the flow from one to the other, at one level of the pyramid.
struct Level {
  int width = 0;
  int height = 0;
  AxisFilter columns;  // full size, blurred, to this level
  AxisFilter rows;
  AxisFilter flow_columns;  // the next coarser level's flow to this one; unset in the coarsest
  AxisFilter flow_rows;
  std::vector<float> column_weights;
  std::vector<float> row_weights;
  Expansion previous;
  Expansion current;
};

std::vector<double> BlurKernel(double scale) {
  const double sigma = (1 / scale - 1) * 0.5;
  // OpenCV's fixed kernel for 3 taps and no sigma.
  if (sigma <= 0) return {0.25, 0.5, 0.25};
  const int size = std::max(static_cast<int>(std::nearbyint(sigma * 5)) | 1, 3);
  std::vector<double> kernel;
  double sum = 0;
  for (int k = -size / 2; k <= size / 2; ++k) {
    kernel.push_back(std::exp(-k * k / (2 * sigma * sigma)));
    sum += kernel.back();
  }
  for (double& weight : kernel) weight /= sum;
  return kernel;
}

std::vector<float> EdgeWeights(int size) {
  std::vector<float> weights(static_cast<size_t>(size), 1.0F);
  for (size_t i = 0; i < std::min(kEdgeWeights.size(), weights.size()); ++i) {
    weights[i] *= kEdgeWeights[i];
    weights[weights.size() - 1 - i] *= kEdgeWeights[i];
  }
  return weights;
}

// The levels of a pyramid, the full size first.
std::vector<Level> MakeLevels(int width, int height) {
  std::vector<Level> levels;
  double scale = 1;
  for (int k = 0; k <= kLevels; ++k, scale *= kPyramidScale) {
    if (k > 0 && (width * scale < kMinLevelSide || height * scale < kMinLevelSide)) break;
    Level level;
    level.width = static_cast<int>(std::nearbyint(width * scale));
    level.height = static_cast<int>(std::nearbyint(height * scale));
    const std::vector<double> kernel = BlurKernel(scale);
    level.columns = MakeBlurAndResize(width, level.width, kernel);
    level.rows = MakeBlurAndResize(height, level.height, kernel);
    level.column_weights = EdgeWeights(level.width);
    level.row_weights = EdgeWeights(level.height);
    levels.push_back(std::move(level));
  }
  constexpr std::array<double, 1> kNoBlur = {1.0};
  for (size_t k = 0; k + 1 < levels.size(); ++k) {
    levels[k].flow_columns = MakeBlurAndResize(levels[k + 1].width, levels[k].width, kNoBlur);
    levels[k].flow_rows = MakeBlurAndResize(levels[k + 1].height, levels[k].height, kNoBlur);
  }
  return levels;
}

// One row of what the normal equations are made of.
struct RowTerms {
  const float* own;  // the previous frame's expansion
  const float* own_xy;
  const float* moved;  // the current frame's, where the flow leads
  const float* moved_xy;
  const float* flow_x;
  const float* flow_y;
  const float* column_weights;
  float row_weight;
  int width;
};

// The outputs are parameters of their own because only so does the compiler take them as not
// overlapping.
void WriteEquations(const RowTerms& terms, float* __restrict g11, float* __restrict g12,
                    float* __restrict g22, float* __restrict h1, float* __restrict h2) {
  const RowTerms t = terms;
  for (int x = 0; x < t.width; ++x) {
    const int i = x * Expansion::kPacked;
    const float weight = t.column_weights[x] * t.row_weight;
    float yy = (t.own[i + Expansion::kYY] + t.moved[i + Expansion::kYY]) * 0.5F;
    float xx = (t.own[i + Expansion::kXX] + t.moved[i + Expansion::kXX]) * 0.5F;
    float xy = (t.own_xy[x] + t.moved_xy[x]) * 0.25F;
    float by = (t.own[i + Expansion::kY] - t.moved[i + Expansion::kY]) * 0.5F;
    float bx = (t.own[i + Expansion::kX] - t.moved[i + Expansion::kX]) * 0.5F;
    by = (by + yy * t.flow_y[x] + xy * t.flow_x[x]) * weight;
    bx = (bx + xy * t.flow_y[x] + xx * t.flow_x[x]) * weight;
    yy *= weight;
    xx *= weight;
    xy *= weight;
    g11[x] = yy * yy + xy * xy;
    g12[x] = (yy + xx) * xy;
    g22[x] = xx * xx + xy * xy;
    h1[x] = yy * by + xy * bx;
    h2[x] = xy * by + xx * bx;
  }
}

// Sets up the normal equations from two expansions and the flow so far, one row at a time.
class EquationBuilder {
 public:
  void Reserve(int width) {
    const auto size = static_cast<size_t>(width);
    for (auto* row : {&column_, &line_}) row->resize(size);
    for (auto* row : {&part_x_, &part_y_, &moved_xy_}) row->resize(size);
    moved_.resize(size * Expansion::kPacked);
  }

  void BuildRow(const Level& level, int y, const Plane<float>& flow_x, const Plane<float>& flow_y,
                Equations& out) {
    Locate(level, y, flow_x.row(y), flow_y.row(y));
    Sample(level, y);
    Combine(level, y, flow_x.row(y), flow_y.row(y), out);
  }

 private:
  void Locate(const Level& level, int y, const float* flow_x, const float* flow_y);
  void Sample(const Level& level, int y);
  void Combine(const Level& level, int y, const float* flow_x, const float* flow_y, Equations& out);

  std::vector<int> column_;  // top left of the four samples around the flow's target
  std::vector<int> line_;
  std::vector<float> part_x_;  // where between them, 0..1
  std::vector<float> part_y_;
  std::vector<float> moved_;  // the current expansion there, like Expansion::packed and xy
  std::vector<float> moved_xy_;
};

void EquationBuilder::Locate(const Level& level, int y, const float* flow_x, const float* flow_y) {
  int* __restrict const column = column_.data();
  int* __restrict const line = line_.data();
  float* __restrict const part_x = part_x_.data();
  float* __restrict const part_y = part_y_.data();
  // Outside is outside, however far: the clamp keeps the conversion to int defined.
  const int width = level.width;
  const auto right = static_cast<float>(width);
  const auto bottom = static_cast<float>(level.height);
  for (int x = 0; x < width; ++x) {
    const float to_x = std::min(std::max(static_cast<float>(x) + flow_x[x], -1.0F), right);
    const float to_y = std::min(std::max(static_cast<float>(y) + flow_y[x], -1.0F), bottom);
    int floor_x = static_cast<int>(to_x);
    int floor_y = static_cast<int>(to_y);
    floor_x -= static_cast<float>(floor_x) > to_x ? 1 : 0;
    floor_y -= static_cast<float>(floor_y) > to_y ? 1 : 0;
    column[x] = floor_x;
    line[x] = floor_y;
    part_x[x] = to_x - static_cast<float>(floor_x);
    part_y[x] = to_y - static_cast<float>(floor_y);
  }
}

// Bilinear; outside, the previous frame's own quadratic with no linear part, which leaves the flow
// to itself.
void EquationBuilder::Sample(const Level& level, int y) {
  constexpr int kPacked = Expansion::kPacked;
  const auto last_column = static_cast<unsigned>(level.width - 1);
  const auto last_line = static_cast<unsigned>(level.height - 1);
  const ptrdiff_t packed_stride = level.current.packed.stride();
  const ptrdiff_t xy_stride = level.current.xy.stride();
  for (int x = 0; x < level.width; ++x) {
    const auto i = static_cast<size_t>(x);
    float* const moved = moved_.data() + i * kPacked;
    if (static_cast<unsigned>(column_[i]) >= last_column ||
        static_cast<unsigned>(line_[i]) >= last_line) {
      const float* const own = level.previous.packed.row(y) + i * kPacked;
      moved[Expansion::kX] = 0;
      moved[Expansion::kY] = 0;
      moved[Expansion::kXX] = own[Expansion::kXX];
      moved[Expansion::kYY] = own[Expansion::kYY];
      moved_xy_[i] = level.previous.xy.row(y)[x];
      continue;
    }
    const float w11 = part_x_[i] * part_y_[i];
    const float w01 = part_x_[i] - w11;
    const float w10 = part_y_[i] - w11;
    const float w00 = 1 - part_x_[i] - w10;
    const float* const top = level.current.packed.row(line_[i]) + ptrdiff_t{column_[i]} * kPacked;
    const float* const below = top + packed_stride;
    std::array<float, kPacked> blend;  // all read before any is written: four at once
    for (size_t k = 0; k < kPacked; ++k) {
      blend[k] = w00 * top[k] + w01 * top[k + kPacked] + w10 * below[k] + w11 * below[k + kPacked];
    }
    std::ranges::copy(blend, moved);
    const float* const xy = level.current.xy.row(line_[i]) + column_[i];
    moved_xy_[i] = w00 * xy[0] + w01 * xy[1] + w10 * xy[xy_stride] + w11 * xy[xy_stride + 1];
  }
}

void EquationBuilder::Combine(const Level& level, int y, const float* flow_x, const float* flow_y,
                              Equations& out) {
  const RowTerms terms{.own = level.previous.packed.row(y),
                       .own_xy = level.previous.xy.row(y),
                       .moved = moved_.data(),
                       .moved_xy = moved_xy_.data(),
                       .flow_x = flow_x,
                       .flow_y = flow_y,
                       .column_weights = level.column_weights.data(),
                       .row_weight = level.row_weights[static_cast<size_t>(y)],
                       .width = level.width};
  const int kept = y % kKeptRows;
  WriteEquations(terms, out[kG11].row(kept), out[kG12].row(kept), out[kG22].row(kept),
                 out[kH1].row(kept), out[kH2].row(kept));
}

// Solves the equations summed over a window around every sample, the edge repeated outside.
class WindowSolver {
 public:
  void Reserve(int width) {
    for (auto& row : columns_) row.resize(static_cast<size_t>(width) + size_t{2} * kPad);
    for (auto& row : windows_) row.resize(static_cast<size_t>(width));
    for (auto& plane : equations_) plane.Reset(width, kKeptRows);
  }

  // One iteration. A row's equations are built from the flow before it: the window reaches kRadius
  // rows ahead of the row that is solved, so no row is overwritten before its equations are built.
  void Solve(const Level& level, EquationBuilder& builder, Plane<float>& flow_x,
             Plane<float>& flow_y) {
    const int width = level.width;
    const int height = level.height;
    for (int y = 0; y < std::min(kRadius, height); ++y) {
      builder.BuildRow(level, y, flow_x, flow_y, equations_);
    }
    for (size_t e = 0; e < kEquations; ++e) {
      StartColumns(equations_[e], width, height, columns_[e].data() + kPad);
    }
    for (int y = 0; y < height; ++y) {
      const int leaving = std::max(y - kPad, 0) % kKeptRows;
      const int entering = std::min(y + kRadius, height - 1);
      if (y + kRadius < height) builder.BuildRow(level, entering, flow_x, flow_y, equations_);
      for (size_t e = 0; e < kEquations; ++e) {
        MoveColumns(equations_[e].row(leaving), equations_[e].row(entering % kKeptRows), width,
                    columns_[e].data() + kPad);
      }
      SumWindows(width);
      SolveRow(width, flow_x.row(y), flow_y.row(y));
    }
  }

 private:
  static constexpr int kRadius = kWindow / 2;
  static constexpr int kPad = kRadius + 1;

  // Column sums as if the window's centre stood one row above the first.
  static void StartColumns(const Plane<float>& plane, int width, int height, double* sums) {
    for (int x = 0; x < width; ++x) sums[x] = double{plane.row(0)[x]} * (kRadius + 2);
    for (int y = 1; y < kRadius; ++y) {
      const float* const row = plane.row(std::min(y, height - 1));
      for (int x = 0; x < width; ++x) sums[x] += row[x];
    }
  }

  static void MoveColumns(const float* leaving, const float* entering, int width, double* sums) {
    for (int x = 0; x < width; ++x) sums[x] += double{entering[x]} - double{leaving[x]};
    for (int x = 1; x <= kPad; ++x) {
      sums[-x] = sums[0];
      sums[width - 1 + x] = sums[width - 1];
    }
  }

  // The five running sums side by side: each waits for its own last addition only.
  void SumWindows(int width) {
    std::array<const double*, kEquations> columns{};
    std::array<double*, kEquations> windows{};
    std::array<double, kEquations> sums{};
    for (size_t e = 0; e < kEquations; ++e) {
      columns[e] = columns_[e].data() + kPad;
      windows[e] = windows_[e].data();
      for (int k = -kPad; k < kRadius; ++k) sums[e] += columns[e][k];
    }
    for (int x = 0; x < width; ++x) {
      for (size_t e = 0; e < kEquations; ++e) {
        sums[e] += columns[e][x + kRadius] - columns[e][x - kPad];
        windows[e][x] = sums[e];
      }
    }
  }

  void SolveRow(int width, float* __restrict flow_x, float* __restrict flow_y) const {
    constexpr double kMean = 1.0 / (kWindow * kWindow);
    const double* const sum11 = windows_[kG11].data();
    const double* const sum12 = windows_[kG12].data();
    const double* const sum22 = windows_[kG22].data();
    const double* const sum1 = windows_[kH1].data();
    const double* const sum2 = windows_[kH2].data();
    for (int x = 0; x < width; ++x) {
      const double g11 = sum11[x] * kMean;
      const double g12 = sum12[x] * kMean;
      const double g22 = sum22[x] * kMean;
      const double h1 = sum1[x] * kMean;
      const double h2 = sum2[x] * kMean;
      const double inverse = 1 / (g11 * g22 - g12 * g12 + kRegulariser);
      flow_x[x] = static_cast<float>((g11 * h2 - g12 * h1) * inverse);
      flow_y[x] = static_cast<float>((g22 * h1 - g12 * h2) * inverse);
    }
  }

  Equations equations_;
  std::array<std::vector<double>, kEquations> columns_;
  std::array<std::vector<double>, kEquations> windows_;
};

void Zero(int width, int height, Plane<float>& plane) {
  plane.Reset(width, height);
  for (int y = 0; y < height; ++y) std::fill_n(plane.row(y), width, 0.0F);
}

}  // namespace

struct FarnebackFlow::State {
  int width = 0;
  int height = 0;
  bool has_frame = false;
  std::vector<Level> levels;
  Plane<float> flow_x;
  Plane<float> flow_y;
  Plane<float> coarse_x;  // the flow of the next coarser level
  Plane<float> coarse_y;
  Plane<float> smoothed;
  std::vector<float> row;
  PolynomialExpansion expand;
  EquationBuilder builder;
  WindowSolver solver;

  void SetSize(int new_width, int new_height) {
    width = new_width;
    height = new_height;
    levels = MakeLevels(width, height);
    // All four at full size: they change places from level to level.
    for (auto* plane : {&flow_x, &flow_y, &coarse_x, &coarse_y}) plane->Reset(width, height);
    builder.Reserve(width);
    solver.Reserve(width);
  }

  void ClearFlow() {
    flow_x.Reset(0, 0);
    flow_y.Reset(0, 0);
  }

  // The flow to start a level with: the coarser level's, enlarged, or none.
  void StartFlow(const Level& level) {
    if (level.flow_columns.target == 0) {
      Zero(level.width, level.height, flow_x);
      Zero(level.width, level.height, flow_y);
      return;
    }
    std::swap(flow_x, coarse_x);
    std::swap(flow_y, coarse_y);
    constexpr auto kGain = static_cast<float>(1 / kPyramidScale);
    ResampleLinear(coarse_x.view(), level.flow_columns, level.flow_rows, kGain, row, flow_x);
    ResampleLinear(coarse_y.view(), level.flow_columns, level.flow_rows, kGain, row, flow_y);
  }

  void Solve() {
    for (const Level& level : std::views::reverse(levels)) {
      StartFlow(level);
      for (int i = 0; i < kIterations; ++i) solver.Solve(level, builder, flow_x, flow_y);
    }
  }
};

FarnebackFlow::FarnebackFlow() : state_(std::make_unique<State>()) {}
FarnebackFlow::~FarnebackFlow() = default;

bool FarnebackFlow::Push(ImageView<uint8_t> luma) {
  State& state = *state_;
  if (luma.empty()) {
    Reset();
    return false;
  }
  if (luma.width != state.width || luma.height != state.height) {
    Reset();
    state.SetSize(luma.width, luma.height);
  }
  for (Level& level : state.levels) {
    std::swap(level.previous, level.current);
    ResampleLinear(luma, level.columns, level.rows, 1, state.row, state.smoothed);
    state.expand(state.smoothed.view(), level.current);
  }
  if (!std::exchange(state.has_frame, true)) {
    state.ClearFlow();
    return false;
  }
  state.Solve();
  return true;
}

void FarnebackFlow::Reset() {
  state_->has_frame = false;
  state_->ClearFlow();
}

double FarnebackFlow::mean_magnitude() const {
  const Plane<float>& flow_x = state_->flow_x;
  const Plane<float>& flow_y = state_->flow_y;
  if (flow_x.width() == 0) return 0;
  double sum = 0;
  for (int y = 0; y < flow_x.height(); ++y) {
    const float* const dx = flow_x.row(y);
    const float* const dy = flow_y.row(y);
    for (int x = 0; x < flow_x.width(); ++x) sum += std::sqrt(dx[x] * dx[x] + dy[x] * dy[x]);
  }
  return sum / (static_cast<double>(flow_x.width()) * flow_x.height());
}

const Plane<float>& FarnebackFlow::flow_x() const { return state_->flow_x; }
const Plane<float>& FarnebackFlow::flow_y() const { return state_->flow_y; }

}  // namespace reelbatch::vision
