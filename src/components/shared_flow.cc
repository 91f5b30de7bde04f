#include "components/shared_flow.h"

namespace reelbatch::components {

bool SharedFlow::Advance(const image::StampedFrame& frame) {
  if (frame.index == current_) return has_flow_;
  current_ = frame.index;
  const image::ImageView<uint8_t>& y = frame.view.y;
  if (size_ == vision::Size{}) size_ = vision::FitMaxSide(y.width, y.height, max_side_);
  scaler_.Downscale(frame.view, size_, luma_);
  has_flow_ = flow_.Push(luma_.view());
  return has_flow_;
}

}  // namespace reelbatch::components
