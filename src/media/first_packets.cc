#include "media/first_packets.h"

#include <algorithm>
#include <cmath>

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

void ReadFirstPackets(Container& container, contracts::VideoInfo& info) {
  const LogCapture::Scope scope(container.log());
  const AVStream& stream = *container.stream();
  PacketQueue queue;
  PacketStamps stamps;
  std::optional<int64_t> first;
  const AvPacket packet(av_packet_alloc());
  if (packet == nullptr) return;
  for (int64_t i = 0; i <= PacketStamps::kAhead; ++i) {
    if (queue.Take(container, *packet, stamps) < 0) break;
    if (i > 0) continue;
    if (packet->pts != AV_NOPTS_VALUE) first = packet->pts;
    if (!info.timecode && KeepsTimecode(stream)) {
      info.timecode =
          GroupTimecode({packet->data, static_cast<size_t>(packet->size)}, info.nominal_fps);
    }
  }
  if (!first || TicksToSeconds(*first, stream.time_base) != info.start_time_s) return;
  stamps.OnFrame(first);
  FrameClock clock(info, av_q2d(stream.time_base));
  const double start_s = clock.Next(info.start_time_s, WitnessOf(stamps, info, stream.time_base));
  if (clock.repaired() == 0) return;
  info.start_time_s = start_s;
  if (!CountsSamples(*container.format(), stream)) {
    info.duration_s = LikelySeconds(*container.format(), stream, start_s, info.file_bytes);
  }
  info.player_start_s = PlayerStart(*container.format(), stream, start_s);
}

}  // namespace reelbatch::media
