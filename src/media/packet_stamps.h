#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace reelbatch::media {

/// The stamps of a stream's packets whose frames have not come yet. Times are ticks of the stream.
///
/// Note [The same answer from every decoder]: a decoder with frame threads has taken more packets
/// than one without when the same frame comes out. So only the stamps of the packets behind the
/// newest one that gave a frame are shown, however many are known: kAhead packets, or fewer where
/// those hold kMostBytes.
class PacketStamps {
 public:
  static constexpr int64_t kAhead = 64;
  static constexpr int64_t kMostBytes = int64_t{8} << 20;
  static constexpr int64_t kFewest = 3;  // that are shown whatever they hold

  /// Every packet, in the order of the file.
  void OnPacket(std::optional<int64_t> pts, std::optional<int64_t> dts, int64_t bytes = 0);
  /// Every frame in presentation order, with the stamp of its packet.
  void OnFrame(std::optional<int64_t> pts);

  /// How many more packets Later() wants to know.
  int64_t Wanted() const;
  /// Stamps of frames that come later than the newest one, in the order of their packets.
  std::vector<int64_t> Later() const;
  /// Whether the newest frame's presentation time lies further than `far` from its decode time, as
  /// seen against the packets around it.
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
