#include "media/packet_queue.h"

#include <utility>

namespace reelbatch::media {
namespace {

/// The next packet of the stream.
int Read(StreamPackets& from, AVPacket& packet, PacketStamps& stamps) {
  while (true) {
    av_packet_unref(&packet);
    const int result = from.Read(packet);
    if (result < 0) return result;
    if (packet.stream_index != from.index()) continue;
    TellStamps(packet, stamps);
    return result;
  }
}

}  // namespace

void TellStamps(const AVPacket& packet, PacketStamps& stamps) {
  if ((packet.flags & AV_PKT_FLAG_DISCARD) != 0) return;
  const auto known = [](int64_t time) {
    return time == AV_NOPTS_VALUE ? std::nullopt : std::optional(time);
  };
  stamps.OnPacket(known(packet.pts), known(packet.dts), packet.size);
}

int PacketQueue::Take(StreamPackets& from, AVPacket& packet, PacketStamps& stamps) {
  if (kept_.empty()) return Read(from, packet, stamps);
  Kept next = std::move(kept_.front());
  kept_.pop_front();
  av_packet_unref(&packet);
  if (next.packet != nullptr) av_packet_move_ref(&packet, next.packet.get());
  return next.result;
}

std::optional<int> PacketQueue::ReadAhead(StreamPackets& from, PacketStamps& stamps) {
  if (!kept_.empty() && kept_.back().result < 0) return std::nullopt;
  Kept next{.packet = AvPacket(av_packet_alloc())};
  if (next.packet == nullptr) return AVERROR(ENOMEM);
  next.result = Read(from, *next.packet, stamps);
  const int result = next.result;
  kept_.push_back(std::move(next));
  return result;
}

StampWitness WitnessOf(const PacketStamps& stamps, const contracts::VideoInfo& info,
                       AVRational time_base) {
  StampWitness witness;
  for (const int64_t pts : stamps.Later())
    witness.later_s.push_back(TicksToSeconds(pts, time_base));
  const double far_s = FarSeconds(NominalFrameSeconds(info));
  witness.against_decode_time =
      stamps.AgainstDecodeTime(static_cast<int64_t>(far_s / av_q2d(time_base)));
  return witness;
}

}  // namespace reelbatch::media
