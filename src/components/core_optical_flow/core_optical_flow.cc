#include "components/core_optical_flow/core_optical_flow.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace reelbatch::components {
namespace {

class CoreOpticalFlow final : public Component {
 public:
  explicit CoreOpticalFlow(std::shared_ptr<SharedFlow> flow) : flow_(std::move(flow)) {
    result_.flow_max_side = flow_->max_side();
  }

  std::string_view name() const override { return kCoreOpticalFlowName; }

  base::Status Open(const contracts::VideoInfo&) override { return {}; }

  base::Status Process(const image::StampedFrame& frame) override {
    if (frame.view.y.empty()) {
      return base::Fail(base::Code::kInvalidArgument, "a frame without samples");
    }
    const bool has_flow = flow_->Advance(frame);
    contracts::Timeline& timeline = result_.timeline;
    const bool first = timeline.size() == 0;
    const double dt_s = first ? std::numeric_limits<double>::quiet_NaN()
                              : frame.pts_s - timeline.pts_s.back();
    timeline.frame_indices.push_back(frame.index);
    timeline.pts_s.push_back(frame.pts_s);
    result_.dt_seconds.push_back(static_cast<float>(dt_s));
    // The reader's time stamps ascend; a step of nothing would have no rate.
    const int side = std::max(flow_->size().width, flow_->size().height);
    const bool moves = has_flow && dt_s > 0 && side > 0;
    result_.motion_norm_per_sec_mean.push_back(
        moves ? static_cast<float>(flow_->flow().mean_magnitude() / dt_s / side) : 0);
    return {};
  }

  base::Status Close(const contracts::DecodeReport&, contracts::VideoOutcome& outcome) override {
    result_.width = flow_->size().width;
    result_.height = flow_->size().height;
    outcome.flow = std::move(result_);
    return {};
  }

 private:
  std::shared_ptr<SharedFlow> flow_;
  contracts::OpticalFlowResult result_;
};

}  // namespace

std::unique_ptr<Component> MakeCoreOpticalFlow(std::shared_ptr<SharedFlow> flow) {
  return std::make_unique<CoreOpticalFlow>(std::move(flow));
}

}  // namespace reelbatch::components
