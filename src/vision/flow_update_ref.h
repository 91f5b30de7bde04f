#pragma once

#include <array>
#include <vector>

#include "image/plane.h"
#include "vision/flow_pyramid.h"

namespace reelbatch::vision {

/// The scalar reference of FlowUpdate.
class FlowUpdateRef {
 public:
  void operator()(const FlowLevel& level, image::Plane<float>& flow_x, image::Plane<float>& flow_y);

 private:
  // The normal equations of the displacement at one sample: {g11 g12; g12 g22} d = {h1, h2}. Only
  // the rows that a window touches are kept: image row y lies in row y % kKeptRows, in place of the
  // one that left the window.
  enum Equation : uint8_t { kG11, kG12, kG22, kH1, kH2, kEquations };

  void BuildRow(const FlowLevel& level, int y, const float* flow_x, const float* flow_y);
  void StartColumns(size_t equation, int width, int height);
  void MoveColumns(size_t equation, int width, int leaving, int entering);
  void SumWindows(size_t equation, int width);
  void SolveRow(int width, float* flow_x, float* flow_y) const;

  std::array<image::Plane<float>, kEquations> equations_;
  std::array<std::vector<double>, kEquations> columns_;  // sums over a window's height
  std::array<std::vector<double>, kEquations> windows_;
};

}  // namespace reelbatch::vision
