#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace reelbatch::media {

/// The stamps of the packets of a stream whose frames have not come out of the decoder yet. Times
/// are ticks of the stream. Threads: one caller at a time.
///
/// Note [The same answer from every decoder]: when a frame comes out, a decoder with frame threads
/// has taken more packets than one without. To give the same answer in both cases, this class shows
/// the stamps of a fixed number of packets after the newest one that gave a frame, even if it knows
/// more: kAhead packets, or fewer if they have kMostBytes together.
class PacketStamps {
 public:
  static constexpr int64_t kAhead = 64;
  static constexpr int64_t kMostBytes = int64_t{8} << 20;
  static constexpr int64_t kFewest = 3;  // that are shown whatever they hold

  /// Notes a packet. Call it for every packet, in the order of the file.
  void OnPacket(std::optional<int64_t> pts, std::optional<int64_t> dts, int64_t bytes = 0);
  /// Notes a frame with the stamp of its packet. Call it for every frame, in presentation order.
  void OnFrame(std::optional<int64_t> pts);

  /// The number of further packets that Later() needs.
  int64_t Wanted() const;
  /// The stamps of the frames after the newest one, in the order of their packets.
  std::vector<int64_t> Later() const;
  /// Whether the presentation time of the newest frame is further than `far` ticks from its decode
  /// time, compared with the packets around it.
  bool AgainstDecodeTime(int64_t far) const;

 private:
  struct Stamp {
    int64_t index = 0;
    int64_t pts = 0;
    std::optional<int64_t> dts;
    int64_t bytes = 0;
  };
  /// One past the last packet that is shown, by what is known so far.
  int64_t End() const;

  std::deque<Stamp> waiting_;  // ascending by index
  int64_t packets_ = 0;
  int64_t reached_ = -1;  // the newest packet that gave a frame
  std::optional<Stamp> frame_;
  std::deque<int64_t> offsets_;  // presentation minus decode time of the frames before it
};

}  // namespace reelbatch::media
