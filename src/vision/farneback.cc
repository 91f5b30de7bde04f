#include "vision/farneback.h"

#include <algorithm>
#include <cstddef>
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
  struct Flow {
    Plane<float> x;
    Plane<float> y;
  };

  int width = 0;
  int height = 0;
  bool has_frame = false;
  std::vector<FlowLevel> levels;
  std::vector<Flow> flows = std::vector<Flow>(1);  // of each level
  std::vector<float> row;
  PolynomialExpansion expand;
  FlowUpdate update;

  void SetSize(int new_width, int new_height) {
    width = new_width;
    height = new_height;
    levels = MakeFlowLevels(width, height);
    flows.resize(levels.size());
  }

  void ClearFlow() {
    flows.front().x.Reset(0, 0);
    flows.front().y.Reset(0, 0);
  }

  // The flow to start level k with: the coarser level's, enlarged, or none.
  void StartFlow(size_t k) {
    const FlowLevel& level = levels[k];
    Flow& flow = flows[k];
    if (k + 1 == levels.size()) {
      Zero(level.width, level.height, flow.x);
      Zero(level.width, level.height, flow.y);
      return;
    }
    const Flow& coarse = flows[k + 1];
    constexpr auto kGain = static_cast<float>(1 / kFlowPyramidScale);
    ResampleLinear(coarse.x.view(), level.flow_columns, level.flow_rows, kGain, row, flow.x);
    ResampleLinear(coarse.y.view(), level.flow_columns, level.flow_rows, kGain, row, flow.y);
  }

  void Solve() {
    for (size_t k = levels.size(); k-- > 0;) {
      StartFlow(k);
      for (int i = 0; i < kIterations; ++i) update(levels[k], flows[k].x, flows[k].y);
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
  Plane<float>& smoothed = state.flows.front().x;  // nobody needs the old flow any more
  for (FlowLevel& level : state.levels) {
    std::swap(level.previous, level.current);
    ResampleLinear(luma, level.columns, level.rows, 1, state.row, smoothed);
    state.expand(smoothed, level.current);
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
  return StatisticsOf(flow_x(), flow_y()).mean_magnitude;
}

const Plane<float>& FarnebackFlow::flow_x() const { return state_->flows.front().x; }
const Plane<float>& FarnebackFlow::flow_y() const { return state_->flows.front().y; }

}  // namespace reelbatch::vision
