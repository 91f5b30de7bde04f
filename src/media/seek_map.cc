#include "media/seek_map.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>

#include "media/frame_clock.h"
#include "media/packet_stamps.h"

namespace reelbatch::media {
namespace {

constexpr std::string_view kMp4 = "mov,mp4";
constexpr std::string_view kMatroska = "matroska";

// Twice what a witness of FrameClock looks at.
constexpr std::ptrdiff_t kFramesBehind = 2 * PacketStamps::kAhead;
// More pictures than the buffer of any of the codecs holds for reordering.
constexpr std::ptrdiff_t kMostReordered = 16;
constexpr int64_t kPacketsPerCall = 64;

}  // namespace

bool SeekMap::Covers(const contracts::VideoInfo& info, const AVCodecParameters& parameters) {
  const bool indexed = info.container.starts_with(kMp4) || info.container.starts_with(kMatroska);
  return indexed && RandomAccess(parameters).known();
}

SeekMap::SeekMap(std::unique_ptr<Container> container, std::function<void()> on_read)
    : container_(std::move(container)),
      on_read_(std::move(on_read)),
      packet_(av_packet_alloc()),
      access_(*container_->stream()->codecpar),
      far_(std::llround(FarSeconds(NominalFrameSeconds(container_->info())) /
                        av_q2d(container_->stream()->time_base))) {}

base::Result<std::unique_ptr<SeekMap>> SeekMap::Open(const std::filesystem::path& path,
                                                     const contracts::Sampling& sampling,
                                                     const base::CancelToken* cancel,
                                                     std::function<void()> on_read) {
  auto container = Container::Open(path, sampling, cancel);
  if (!container) return std::unexpected(std::move(container.error()));
  std::unique_ptr<SeekMap> map(new SeekMap(std::move(*container), std::move(on_read)));
  if (map->packet_ == nullptr) return map->container_->Fail(AVERROR(ENOMEM), "reading");
  map->container_->log().Clear();  // what was said while it was opened does not count
  return map;
}

base::Status SeekMap::ExtendTo(int64_t pts) {
  const LogCapture::Scope scope(container_->log());
  while (sound_ && !complete_) {
    if (times_.end() - std::ranges::upper_bound(times_, pts) >= kFramesBehind) break;
    av_packet_unref(packet_.get());
    const int result = container_->ReadFrame(*packet_);
    InputFile& file = container_->file();
    if (file.cancelled()) return container_->Fail(AVERROR_EXIT, "reading");
    if (result < 0 && file.read_errno() != 0) return container_->Fail(result, "reading");
    complete_ = result == AVERROR_EOF;
    if (complete_) {
      sound_ = EndsOnTime();
    } else if (result < 0) {
      sound_ = false;
    } else if (packet_->stream_index == container_->stream()->index) {
      sound_ = Add(*packet_);
    }
    if (on_read_ && ++packets_ % kPacketsPerCall == 0) on_read_();
  }
  // What the demuxer complains of, a decoder may see otherwise from somewhere else.
  sound_ = sound_ && container_->log().first_error().empty();
  return {};
}

bool SeekMap::Add(const AVPacket& packet) {
  const bool entry = access_.Note(packet);
  if (access_.changed() || (packet.flags & AV_PKT_FLAG_CORRUPT) != 0) return false;
  if ((packet.flags & AV_PKT_FLAG_DISCARD) != 0) return true;  // an edit list hides it
  if (packet.pts == AV_NOPTS_VALUE || !DecodedInOrder(packet) || !AddTime(packet.pts)) return false;
  if (entry && (entries_.empty() || packet.pts > entries_.back())) entries_.push_back(packet.pts);
  return true;
}

bool SeekMap::DecodedInOrder(const AVPacket& packet) {
  if (packet.dts == AV_NOPTS_VALUE) return true;
  if (last_dts_ && packet.dts < *last_dts_) return false;
  last_dts_ = packet.dts;
  const int64_t offset = packet.pts - packet.dts;
  least_offset_ = std::min(least_offset_.value_or(offset), offset);
  largest_offset_ = std::max(largest_offset_.value_or(offset), offset);
  return *largest_offset_ - *least_offset_ <= far_;
}

bool SeekMap::AddTime(int64_t pts) {
  const auto place = std::ranges::lower_bound(times_, pts);
  if (place != times_.end()) {
    const bool reordered = times_.end() - place <= kMostReordered && times_.back() - pts <= far_;
    if (*place == pts || !reordered) return false;
  }
  times_.insert(place, pts);
  return true;
}

/// FrameClock may repair a last frame that stands far behind all others.
bool SeekMap::EndsOnTime() const {
  return times_.size() < 2 || times_.back() - times_[times_.size() - 2] <= far_;
}

size_t SeekMap::Rank(int64_t pts) const {
  return static_cast<size_t>(std::ranges::lower_bound(times_, pts) - times_.begin());
}

std::optional<int64_t> SeekMap::EntryFor(int64_t pts) const {
  const auto after = std::ranges::upper_bound(entries_, pts);
  return after == entries_.begin() ? std::nullopt : std::optional(*std::prev(after));
}

}  // namespace reelbatch::media
