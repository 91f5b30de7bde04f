#pragma once

#include <deque>
#include <optional>

#include "media/frame_clock.h"
#include "media/packet_stamps.h"
#include "media/stream_packets.h"

namespace reelbatch::media {

/// Tells of a packet, unless an edit list hides it: then it gives no frame.
void TellStamps(const AVPacket& packet, PacketStamps& stamps);

/// Gives the packets of a stream, and can read some before the decoder wants them.
class PacketQueue {
 public:
  /// The next packet of the stream, or FFmpeg's error. Packets that are read from the file are told
  /// to `stamps`.
  int Take(StreamPackets& from, AVPacket& packet, PacketStamps& stamps);

  /// Reads one packet more and keeps it; the result of reading it, or none at the end and after an
  /// error. How many are worth reading, and so how many bytes are kept, PacketStamps::Wanted()
  /// says.
  std::optional<int> ReadAhead(StreamPackets& from, PacketStamps& stamps);

  void Clear() { kept_.clear(); }

 private:
  struct Kept {
    AvPacket packet;
    int result = 0;
  };

  std::deque<Kept> kept_;
};

/// What `stamps` know of the newest frame.
StampWitness WitnessOf(const PacketStamps& stamps, const contracts::VideoInfo& info,
                       AVRational time_base);

}  // namespace reelbatch::media
