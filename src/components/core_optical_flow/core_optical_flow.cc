#include "components/core_optical_flow/core_optical_flow.h"

#include <algorithm>
#include <limits>
#include <utility>

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
      return base::Fail(base::Code::kInvalidArgument, "a frame without samples");
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
  explicit CoreOpticalFlow(int max_side) { result_.flow_max_side = max_side; }

  std::string_view name() const override { return kCoreOpticalFlowName; }

  base::Status Open(const contracts::VideoInfo&) override { return {}; }

  std::unique_ptr<FrameMeter> MakeMeter(SharedFlows& flows) const override {
    return std::make_unique<FlowMeter>(flows.OfSide(result_.flow_max_side));
  }

  base::Status Take(const image::FrameStamp& stamp, FrameMeasure& measure) override {
    const auto& frame = static_cast<const FlowMeasure&>(measure);
    contracts::Timeline& timeline = result_.timeline;
    const bool first = timeline.size() == 0;
    const double dt_s =
        first ? std::numeric_limits<double>::quiet_NaN() : stamp.pts_s - timeline.pts_s.back();
    timeline.frame_indices.push_back(stamp.index);
    timeline.pts_s.push_back(stamp.pts_s);
    result_.dt_seconds.push_back(static_cast<float>(dt_s));
    result_.width = frame.size.width;
    result_.height = frame.size.height;
    // The reader's time stamps ascend; a step of nothing would have no rate.
    const int side = std::max(result_.width, result_.height);
    const bool moves = frame.has_flow && dt_s > 0 && side > 0;
    result_.motion_norm_per_sec_mean.push_back(
        moves ? static_cast<float>(frame.mean_magnitude / dt_s / side) : 0);
    return {};
  }

  base::Status Close(const contracts::DecodeReport&, contracts::VideoOutcome& outcome) override {
    outcome.flow = std::move(result_);
    return {};
  }

 private:
  contracts::OpticalFlowResult result_;
};

}  // namespace

std::unique_ptr<Component> MakeCoreOpticalFlow(int max_side) {
  return std::make_unique<CoreOpticalFlow>(max_side);
}

}  // namespace reelbatch::components
