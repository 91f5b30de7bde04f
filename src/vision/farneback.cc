#include "vision/farneback.h"

#include <algorithm>
#include <ranges>
#include <utility>
#include <vector>

#include "vision/flow_pyramid.h"
#include "vision/flow_statistics.h"
#include "vision/flow_update.h"
#include "vision/linear_resample.h"
#include "vision/polynomial_expansion.h"

namespace reelbatch::vision {
namespace {

using image::ImageView;
using image::Plane;

constexpr int kIterations = 3;

void Zero(int width, int height, Plane<float>& plane) {
  plane.Reset(width, height);
  for (int y = 0; y < height; ++y) std::fill_n(plane.row(y), width, 0.0F);
}

}  // namespace

struct FarnebackFlow::State {
  int width = 0;
  int height = 0;
  bool has_frame = false;
  std::vector<FlowLevel> levels;
  Plane<float> flow_x;
  Plane<float> flow_y;
  Plane<float> coarse_x;  // the flow of the next coarser level
  Plane<float> coarse_y;
  Plane<float> smoothed;
  std::vector<float> row;
  PolynomialExpansion expand;
  FlowUpdate update;

  void SetSize(int new_width, int new_height) {
    width = new_width;
    height = new_height;
    levels = MakeFlowLevels(width, height);
    // All four at full size: they change places from level to level.
    for (auto* plane : {&flow_x, &flow_y, &coarse_x, &coarse_y}) plane->Reset(width, height);
  }

  void ClearFlow() {
    flow_x.Reset(0, 0);
    flow_y.Reset(0, 0);
  }

  // The flow to start a level with: the coarser level's, enlarged, or none.
  void StartFlow(const FlowLevel& level) {
    if (level.flow_columns.target == 0) {
      Zero(level.width, level.height, flow_x);
      Zero(level.width, level.height, flow_y);
      return;
    }
    std::swap(flow_x, coarse_x);
    std::swap(flow_y, coarse_y);
    constexpr auto kGain = static_cast<float>(1 / kFlowPyramidScale);
    ResampleLinear(coarse_x.view(), level.flow_columns, level.flow_rows, kGain, row, flow_x);
    ResampleLinear(coarse_y.view(), level.flow_columns, level.flow_rows, kGain, row, flow_y);
  }

  void Solve() {
    for (const FlowLevel& level : std::views::reverse(levels)) {
      StartFlow(level);
      for (int i = 0; i < kIterations; ++i) update(level, flow_x, flow_y);
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
  for (FlowLevel& level : state.levels) {
    std::swap(level.previous, level.current);
    ResampleLinear(luma, level.columns, level.rows, 1, state.row, state.smoothed);
    state.expand(state.smoothed, level.current);
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
  return StatisticsOf(state_->flow_x, state_->flow_y).mean_magnitude;
}

const Plane<float>& FarnebackFlow::flow_x() const { return state_->flow_x; }
const Plane<float>& FarnebackFlow::flow_y() const { return state_->flow_y; }

}  // namespace reelbatch::vision
