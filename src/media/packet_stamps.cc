#include "media/packet_stamps.h"

#include <algorithm>
#include <cstdlib>

namespace reelbatch::media {
namespace {

// No codec shows a frame so many packets after it came; such a packet gave none.
constexpr int64_t kMostDelay = 64;
constexpr size_t kMostWaiting = 4096;
constexpr size_t kOffsetsKept = 31;

}  // namespace

void PacketStamps::OnPacket(std::optional<int64_t> pts, std::optional<int64_t> dts, int64_t bytes) {
  const int64_t index = packets_++;
  if (!pts && !dts) return;
  waiting_.push_back(
      {.index = index, .pts = pts ? *pts : *dts, .dts = pts ? dts : std::nullopt, .bytes = bytes});
  if (waiting_.size() > kMostWaiting) waiting_.pop_front();
}

void PacketStamps::OnFrame(std::optional<int64_t> pts) {
  if (frame_ && frame_->dts) offsets_.push_back(frame_->pts - *frame_->dts);
  if (offsets_.size() > kOffsetsKept) offsets_.pop_front();
  frame_.reset();
  const auto found = pts ? std::ranges::find(waiting_, *pts, &Stamp::pts) : waiting_.end();
  if (found == waiting_.end()) {
    reached_ = std::min(reached_ + 1, packets_ - 1);
  } else {
    frame_ = *found;
    reached_ = std::max(reached_, found->index);
    waiting_.erase(found);
  }
  while (!waiting_.empty() && waiting_.front().index < reached_ - kMostDelay) waiting_.pop_front();
}

int64_t PacketStamps::End() const {
  int64_t bytes = 0;
  for (const Stamp& stamp : waiting_) {
    if (stamp.index <= reached_) continue;
    if (bytes >= kMostBytes && stamp.index > reached_ + kFewest) return stamp.index;
    bytes += stamp.bytes;
  }
  const int64_t last = reached_ + kAhead + 1;
  return bytes >= kMostBytes ? std::min(last, std::max(packets_, reached_ + kFewest + 1)) : last;
}

int64_t PacketStamps::Wanted() const {
  return std::max<int64_t>(0, std::min(End(), reached_ + kAhead + 1) - packets_);
}

std::vector<int64_t> PacketStamps::Later() const {
  std::vector<int64_t> later;
  const int64_t end = std::min(End(), reached_ + kAhead + 1);
  for (const Stamp& stamp : waiting_) {
    if (stamp.index < end) later.push_back(stamp.pts);
  }
  return later;
}

bool PacketStamps::AgainstDecodeTime(int64_t far) const {
  if (!frame_ || !frame_->dts) return false;
  std::vector<int64_t> offsets(offsets_.begin(), offsets_.end());
  const int64_t end = std::min(End(), reached_ + kAhead + 1);
  for (const Stamp& stamp : waiting_) {
    if (stamp.index < end && stamp.dts) offsets.push_back(stamp.pts - *stamp.dts);
  }
  if (offsets.empty()) return false;
  const auto middle = offsets.begin() + std::ssize(offsets) / 2;
  std::nth_element(offsets.begin(), middle, offsets.end());
  return std::llabs(frame_->pts - *frame_->dts - *middle) > far;
}

}  // namespace reelbatch::media
