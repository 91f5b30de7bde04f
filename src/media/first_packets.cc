#include "media/first_packets.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "media/frame_clock.h"
#include "media/packet_queue.h"
#include "media/source_timecode.h"
#include "media/stream_end.h"
#include "media/stream_info.h"

namespace reelbatch::media {
namespace {

bool KeepsTimecode(const AVStream& stream) {
  const AVCodecID codec = stream.codecpar->codec_id;
  return codec == AV_CODEC_ID_MPEG2VIDEO || codec == AV_CODEC_ID_MPEG1VIDEO;
}

/// Reads the packets of the chosen stream, and keeps those of all.
class FirstPackets {
 public:
  explicit FirstPackets(Container& container) : container_(container), scope_(log_) {
    AVFormatContext& format = *container.format();
    for (unsigned i = 0; i < format.nb_streams; ++i) {
      discards_.push_back(format.streams[i]->discard);
      format.streams[i]->discard = AVDISCARD_DEFAULT;
    }
  }
  ~FirstPackets() {
    for (size_t i = 0; i < discards_.size(); ++i)
      container_.format()->streams[i]->discard = discards_[i];
  }
  FirstPackets(const FirstPackets&) = delete;
  FirstPackets& operator=(const FirstPackets&) = delete;

  /// Lives until the next call. Null: there is none, or it cannot be read.
  const AVPacket* Next() {
    while (true) {
      last_.reset(av_packet_alloc());
      const int result = last_ == nullptr ? AVERROR(ENOMEM) : container_.ReadFrame(*last_);
      kept_.to_the_end = result == AVERROR_EOF;
      failed_ = failed_ || (result < 0 && !kept_.to_the_end);
      if (result < 0) return nullptr;
      Keep();
      if (last_->stream_index == container_.stream()->index) return last_.get();
    }
  }

  std::optional<KeptPackets> TakeKept() {
    const bool complete = !failed_ && bytes_ <= kMostBytes && log_.first_error().empty();
    if (!complete || container_.file().read_errno() != 0) return std::nullopt;
    return std::move(kept_);
  }

 private:
  // Twice what a witness may ask for, for what stands between its packets.
  static constexpr int64_t kMostBytes = 2 * PacketStamps::kMostBytes;

  void Keep() {
    bytes_ += last_->size;
    if (bytes_ > kMostBytes) {
      kept_.packets.clear();
      return;
    }
    kept_.packets.emplace_back(av_packet_clone(last_.get()));
    failed_ = failed_ || kept_.packets.back() == nullptr;
  }

  Container& container_;
  LogCapture log_;
  LogCapture::Scope scope_;
  std::vector<AVDiscard> discards_;
  KeptPackets kept_;
  AvPacket last_;
  int64_t bytes_ = 0;
  bool failed_ = false;
};

/// A start that the packets behind it contradict is a wrong stamp.
void MendStart(Container& container, int64_t first_pts, PacketStamps& stamps,
               contracts::VideoInfo& info) {
  const AVStream& stream = *container.stream();
  if (TicksToSeconds(first_pts, stream.time_base) != info.start_time_s) return;
  stamps.OnFrame(first_pts);
  FrameClock clock(info, av_q2d(stream.time_base));
  const double start_s = clock.Next(info.start_time_s, WitnessOf(stamps, info, stream.time_base));
  if (clock.repaired() == 0) return;
  info.start_time_s = start_s;
  if (!CountsSamples(*container.format(), stream)) {
    info.duration_s = LikelySeconds(*container.format(), stream, start_s, info.file_bytes);
  }
  info.player_start_s = PlayerStart(*container.format(), stream, start_s);
}

}  // namespace

bool WantsFirstPackets(const AVFormatContext& format, const AVStream& stream) {
  if (KeepsTimecode(stream) && !ContainerTimecode(format, stream)) return true;
  if (stream.start_time == AV_NOPTS_VALUE) return false;
  constexpr double kUsualS = 2;  // MPEG streams begin about a second and a half after 0
  const double start_s = TicksToSeconds(stream.start_time, stream.time_base);
  double usual_s = 0;
  for (unsigned i = 0; i < format.nb_streams; ++i) {
    const AVStream& other = *format.streams[i];
    if (&other == &stream || other.start_time == AV_NOPTS_VALUE) continue;
    usual_s = TicksToSeconds(other.start_time, other.time_base);
    if (std::fabs(start_s - usual_s) < kUsualS) return false;
  }
  return std::fabs(start_s - usual_s) >= kUsualS;
}

std::optional<KeptPackets> ReadFirstPackets(Container& container, contracts::VideoInfo& info) {
  const AVStream& stream = *container.stream();
  FirstPackets first(container);
  std::optional<int64_t> first_pts;
  PacketStamps stamps;
  for (int64_t i = 0; i <= PacketStamps::kAhead; ++i) {
    const AVPacket* const packet = first.Next();
    if (packet == nullptr) break;
    TellStamps(*packet, stamps);
    if (i > 0) continue;
    if (packet->pts != AV_NOPTS_VALUE) first_pts = packet->pts;
    if (!info.timecode && KeepsTimecode(stream)) {
      info.timecode =
          GroupTimecode({packet->data, static_cast<size_t>(packet->size)}, info.nominal_fps);
    }
  }
  if (first_pts) MendStart(container, *first_pts, stamps, info);
  return first.TakeKept();
}

}  // namespace reelbatch::media
