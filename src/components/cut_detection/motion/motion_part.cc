#include "components/cut_detection/motion/motion_part.h"

#include <algorithm>
#include <cmath>

#include "components/cut_detection/motion/camera_fit.h"
#include "vision/flow_statistics.h"

namespace reelbatch::components::motion {
namespace {

// One movement explains this share of the vectors ...
constexpr float kExplained = 0.6F;
// ... and moves the picture by more than noise does, px on average.
constexpr float kLeastMove = 0.3F;

// Mean length of the fit's vectors: root of the mean square over the picture.
float MeanMove(const CameraFit& fit, int width, int height) {
  const auto w = static_cast<float>(width);
  const auto h = static_cast<float>(height);
  const float spread = (w * w + h * h) / 12;  // mean square distance from the middle
  return std::sqrt(fit.pan_x * fit.pan_x + fit.pan_y * fit.pan_y +
                   spread * (fit.zoom * fit.zoom + fit.roll * fit.roll));
}

}  // namespace

MotionMeasure MeasureMotion(const image::Plane<float>& flow_x, const image::Plane<float>& flow_y,
                            double dt_s) {
  const vision::FlowStatistics statistics = vision::StatisticsOf(flow_x, flow_y);
  const CameraFit fit = FitCamera(flow_x, flow_y);
  const bool camera =
      fit.explained >= kExplained && MeanMove(fit, flow_x.width(), flow_x.height()) >= kLeastMove;
  // Equal stamps say nothing of speed.
  const float per_s = dt_s > 0 ? static_cast<float>(1 / dt_s) : 0.0F;
  const auto side = static_cast<float>(std::max({flow_x.width(), flow_x.height(), 1}));
  return {.flow_mag = static_cast<float>(statistics.mean_magnitude),
          .dir_consistency = static_cast<float>(statistics.direction_consistency),
          .mag_variance = static_cast<float>(statistics.magnitude_variance),
          .camera_motion = camera,
          .pair = {.speed = static_cast<float>(statistics.mean_magnitude) / side * per_s,
                   .pan = std::hypot(fit.pan_x, fit.pan_y) / side * per_s,
                   .zoom = fit.zoom * per_s,
                   .explained = fit.explained}};
}

void MotionPart::Push(const MotionMeasure& pair) {
  signals_.flow_mag.push_back(pair.flow_mag);
  signals_.dir_consistency.push_back(pair.dir_consistency);
  signals_.mag_variance.push_back(pair.mag_variance);
  signals_.camera_motion.push_back(pair.camera_motion ? 1 : 0);
  pairs_.push_back(pair.pair);
}

}  // namespace reelbatch::components::motion
