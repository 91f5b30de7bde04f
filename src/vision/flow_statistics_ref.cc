#include "vision/flow_statistics_ref.h"

#include <cmath>

namespace reelbatch::vision {

FlowStatistics StatisticsOfRef(const image::Plane<float>& flow_x,
                               const image::Plane<float>& flow_y) {
  if (flow_x.view().empty()) return {};
  double sum_x = 0;
  double sum_y = 0;
  double sum = 0;
  for (int y = 0; y < flow_x.height(); ++y) {
    for (int x = 0; x < flow_x.width(); ++x) {
      const double dx = flow_x.row(y)[x];
      const double dy = flow_y.row(y)[x];
      sum_x += dx;
      sum_y += dy;
      sum += std::sqrt(dx * dx + dy * dy);
    }
  }
  const double mean = sum / (static_cast<double>(flow_x.width()) * flow_x.height());
  double squares = 0;
  for (int y = 0; y < flow_x.height(); ++y) {
    for (int x = 0; x < flow_x.width(); ++x) {
      const double dx = flow_x.row(y)[x];
      const double dy = flow_y.row(y)[x];
      const double deviation = std::sqrt(dx * dx + dy * dy) - mean;
      squares += deviation * deviation;
    }
  }
  return {.mean_magnitude = mean,
          .magnitude_variance = squares / (static_cast<double>(flow_x.width()) * flow_x.height()),
          .direction_consistency = sum > 0 ? std::sqrt(sum_x * sum_x + sum_y * sum_y) / sum : 0};
}

}  // namespace reelbatch::vision
