#include "vision/flow_pyramid.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

namespace reelbatch::vision {
namespace {

constexpr int kLevels = 3;
constexpr int kMinLevelSide = 32;  // OpenCV makes no level with a side below it
// Distance-to-edge weights, as OpenCV has them.
constexpr std::array<float, 5> kEdgeWeights = {0.14F, 0.14F, 0.4472F, 0.4472F, 0.4472F};

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

std::vector<float> EdgeWeights(int size, size_t padded_to) {
  std::vector<float> weights(static_cast<size_t>(size), 1.0F);
  for (size_t i = 0; i < std::min(kEdgeWeights.size(), weights.size()); ++i) {
    weights[i] *= kEdgeWeights[i];
    weights[weights.size() - 1 - i] *= kEdgeWeights[i];
  }
  weights.resize(padded_to, 0.0F);
  return weights;
}

}  // namespace

std::vector<FlowLevel> MakeFlowLevels(int width, int height) {
  std::vector<FlowLevel> levels;
  double scale = 1;
  for (int k = 0; k <= kLevels; ++k, scale *= kFlowPyramidScale) {
    if (k > 0 && (width * scale < kMinLevelSide || height * scale < kMinLevelSide)) break;
    FlowLevel level;
    level.width = static_cast<int>(std::nearbyint(width * scale));
    level.height = static_cast<int>(std::nearbyint(height * scale));
    const std::vector<double> kernel = BlurKernel(scale);
    level.columns = MakeBlurAndResize(width, level.width, kernel);
    level.rows = MakeBlurAndResize(height, level.height, kernel);
    level.column_weights = EdgeWeights(level.width, static_cast<size_t>(level.columns.stride));
    level.row_weights = EdgeWeights(level.height, static_cast<size_t>(level.height));
    levels.push_back(std::move(level));
  }
  constexpr std::array<double, 1> kNoBlur = {1.0};
  for (size_t k = 0; k + 1 < levels.size(); ++k) {
    levels[k].flow_columns = MakeBlurAndResize(levels[k + 1].width, levels[k].width, kNoBlur);
    levels[k].flow_rows = MakeBlurAndResize(levels[k + 1].height, levels[k].height, kNoBlur);
  }
  return levels;
}

}  // namespace reelbatch::vision
