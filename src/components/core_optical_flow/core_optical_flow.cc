#include "components/core_optical_flow/core_optical_flow.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "components/shared_flow.h"

namespace reelbatch::components {
namespace {

struct FlowMeasure final : FrameMeasure {
  vision::Size size;  // of the plane that flow is computed on
  bool has_flow = false;
  double mean_magnitude = 0;
};

class FlowMeter final : public FrameMeter {
 public:
  explicit FlowMeter(std::shared_ptr<SharedFlow> flow) : flow_(std::move(flow)) {}

  std::unique_ptr<FrameMeasure> NewMeasure() const override {
    return std::make_unique<FlowMeasure>();
  }

  base::Status Measure(const image::StampedFrame& frame, FrameMeasure& measure) override {
    if (frame.view.y.empty()) {
      return base::Fail(base::Code::kInvalidArgument, "a frame has no samples");
    }
    auto& out = static_cast<FlowMeasure&>(measure);
    out.has_flow = flow_->Advance(frame);
    out.mean_magnitude = out.has_flow ? flow_->flow().mean_magnitude() : 0;
    out.size = flow_->size();
    return {};
  }

 private:
  const std::shared_ptr<SharedFlow> flow_;
};

class CoreOpticalFlow final : public Component {
 public:
  explicit CoreOpticalFlow(int max_side) : max_side_(max_side) {}

  std::string_view name() const override { return kCoreOpticalFlowName; }

  base::Status Open(const contracts::VideoInfo&) override { return {}; }

  std::unique_ptr<FrameMeter> MakeMeter(SharedFlows& flows) const override {
    return std::make_unique<FlowMeter>(flows.OfSide(max_side_));
  }

  base::Status Take(const image::FrameStamp& stamp, FrameMeasure& measure) override {
    const auto& frame = static_cast<const FlowMeasure&>(measure);
    const bool first = frame_indices_.empty();
    const double dt_s =
        first ? std::numeric_limits<double>::quiet_NaN() : stamp.pts_s - last_pts_s_;
    frame_indices_.push_back(static_cast<int32_t>(stamp.index));
    last_pts_s_ = stamp.pts_s;
    dt_seconds_.push_back(static_cast<float>(dt_s));
    size_ = frame.size;
    // The reader's time stamps ascend; a step of nothing would have no rate.
    const int side = std::max(size_.width, size_.height);
    const bool moves = frame.has_flow && dt_s > 0 && side > 0;
    motion_norm_per_sec_mean_.push_back(
        moves ? static_cast<float>(frame.mean_magnitude / dt_s / side) : 0);
    return {};
  }

  base::Status Close(const contracts::DecodeReport&, contracts::VideoOutcome& outcome) override {
    contracts::ComponentResult& result = outcome.results[std::string(kCoreOpticalFlowName)];
    result.arrays = {contracts::MakeTensor("frame_indices", frame_indices_),
                     contracts::MakeTensor("motion_norm_per_sec_mean", motion_norm_per_sec_mean_),
                     contracts::MakeTensor("dt_seconds", dt_seconds_)};
    result.meta =
        fmt::format(R"({{"knobs":{{"flow_max_side":{}}},"flow_width":{},"flow_height":{},)"
                    R"("flow_mag_units":"core_optical_flow_norm_per_sec_mean"}})",
                    max_side_, size_.width, size_.height);
    return {};
  }

 private:
  const int max_side_;  // px: the long side that flow is computed at
  vision::Size size_;   // px of the plane that flow is computed on
  double last_pts_s_ = 0;
  std::vector<int32_t> frame_indices_;
  std::vector<float> motion_norm_per_sec_mean_;  // mean(|flow|) / dt / max(width, height); 0 first
  std::vector<float> dt_seconds_;                // NaN first
};

}  // namespace

std::unique_ptr<Component> MakeCoreOpticalFlow(int max_side) {
  return std::make_unique<CoreOpticalFlow>(max_side);
}

}  // namespace reelbatch::components
