#include "components/transnetv2/window.h"

#include <utility>

namespace reelbatch::components::transnetv2 {

int64_t WindowCount(int64_t frames) { return (frames + kStepFrames - 1) / kStepFrames; }

void WindowMaker::Push(const Frame& frame) {
  if (frames_ == 0) {
    for (int k = 0; k < kMarginFrames; ++k) Append(frame);
  }
  ++frames_;
  last_ = frame;
  Append(frame);
}

void WindowMaker::Finish() {
  while (wanted_ && emitted_ < WindowCount(frames_)) Append(last_);
}

void WindowMaker::Append(const Frame& frame) {
  if (!wanted_) return;
  if (window_.capacity() < kWindowBytes) window_.reserve(kWindowBytes);
  window_.insert(window_.end(), frame.begin(), frame.end());
  if (window_.size() < kWindowBytes) return;
  Bytes whole = std::exchange(window_, {});
  window_.reserve(kWindowBytes);
  window_.assign(whole.begin() + kStepFrames * kFrameBytes, whole.end());
  ++emitted_;
  wanted_ = emit_(std::move(whole));
}

}  // namespace reelbatch::components::transnetv2
