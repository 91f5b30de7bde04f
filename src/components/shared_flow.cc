#include "components/shared_flow.h"

namespace reelbatch::components {

int FlowMaxSide(contracts::Preset preset) {
  switch (preset) {
    case contracts::Preset::kQuality:
      return 384;
    case contracts::Preset::kDefault:
      return 320;
    case contracts::Preset::kFast:
      return 256;
  }
  return 320;
}

bool SharedFlow::Advance(const image::StampedFrame& frame) {
  if (frame.index == current_) return has_flow_;
  current_ = frame.index;
  const image::ImageView<uint8_t>& y = frame.view.y;
  if (size_ == vision::Size{}) size_ = vision::FitMaxSide(y.width, y.height, max_side_);
  scaler_.Downscale(frame.view, size_, luma_);
  has_flow_ = flow_.Push(luma_.view());
  return has_flow_;
}

std::shared_ptr<SharedFlow> SharedFlows::OfSide(int max_side) {
  std::shared_ptr<SharedFlow>& flow = flows_[max_side];
  if (!flow) flow = std::make_shared<SharedFlow>(max_side);
  return flow;
}

}  // namespace reelbatch::components
