#include "media/error_marks.h"

namespace reelbatch::media {

void ErrorMarks::OnLost(std::optional<int64_t> time) {
  ++errors_;
  if (!time.has_value() || open_at_.size() >= contracts::DecodeReport::kMaxErrorFrames) {
    open_now_ = true;
  } else {
    open_at_.push_back(*time);
  }
}

void ErrorMarks::OnFrame(contracts::FrameIndex index, std::optional<int64_t> time, bool damaged) {
  bool hole_before = open_now_;
  open_now_ = false;
  if (time.has_value()) {
    hole_before |= std::erase_if(open_at_, [&](int64_t lost) { return lost <= *time; }) > 0;
  }
  if (hole_before) {
    if (last_.has_value()) Mark(*last_);
    Mark(index);
  }
  if (damaged) {
    ++errors_;
    Mark(index);
  }
  last_ = index;
}

void ErrorMarks::OnEnd() {
  if ((open_now_ || !open_at_.empty()) && last_.has_value()) Mark(*last_);
  open_now_ = false;
  open_at_.clear();
}

void ErrorMarks::Report(contracts::DecodeReport& report) const {
  report.decode_errors = errors_;
  report.error_frames = marks_;
}

void ErrorMarks::Mark(contracts::FrameIndex index) {
  // Marks come in ascending order by construction.
  if (marks_.size() >= contracts::DecodeReport::kMaxErrorFrames) return;
  if (marks_.empty() || marks_.back() < index) marks_.push_back(index);
}

}  // namespace reelbatch::media
