#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "contracts/video.h"
#include "media/av.h"
#include "media/container.h"
#include "media/random_access.h"

namespace reelbatch::media {

/// Tells from the packets of a video when its frames are shown, and where decoding can begin. The
/// packets are read from the beginning, and nothing is decoded. Times are ticks of the stream.
///
/// Note [Sound stamps]: FrameClock repairs stamps with the help of those before and after, so the
/// time of a frame may depend on every packet before it. A map is sound as long as the packets
/// prove that nothing is repaired: every packet has its own presentation time, decode times never
/// fall, both keep about the same distance, no time falls back further than reordering explains,
/// and headers do not change. Every frame is then shown at the time of its packet. A video whose
/// map is not sound must be decoded from its beginning.
///
/// Memory: 8 bytes a frame. Threads: one caller at a time.
class SeekMap {
 public:
  /// Whether a map can be made of such a stream: its container has an index of keyframes that the
  /// demuxer uses (as MP4 and Matroska have), and the entries of its codec are known
  /// (RandomAccess).
  static bool Covers(const contracts::VideoInfo& info, const AVCodecParameters& parameters);

  /// Opens the file. `on_read` is called now and then while packets are read, here and in
  /// ExtendTo().
  /// Errors: as Probe(), out_of_memory.
  static base::Result<std::unique_ptr<SeekMap>> Open(const std::filesystem::path& path,
                                                     const contracts::Sampling& sampling,
                                                     const base::CancelToken* cancel,
                                                     std::function<void()> on_read);

  /// Reads packets until every frame up to `pts` is known, and enough frames after it to judge
  /// them. It stops early if the map is not sound. Errors: cancelled, io.
  base::Status ExtendTo(int64_t pts);

  bool sound() const { return sound_; }
  /// Whether all packets are known.
  bool complete() const { return complete_; }
  /// The times at which frames are shown, in ascending order.
  const std::vector<int64_t>& times() const { return times_; }
  /// The number of frames that are shown before `pts`.
  size_t Rank(int64_t pts) const;
  /// The time of the last entry that is not shown later than `pts`.
  std::optional<int64_t> EntryFor(int64_t pts) const;

 private:
  SeekMap(std::unique_ptr<Container> container, std::function<void()> on_read);
  bool Add(const AVPacket& packet);
  bool AddTime(int64_t pts);
  bool DecodedInOrder(const AVPacket& packet);
  bool EndsOnTime() const;

  std::unique_ptr<Container> container_;
  std::function<void()> on_read_;
  AvPacket packet_;
  RandomAccess access_;
  int64_t far_;  // above this a gap is a jump (FarSeconds())
  std::vector<int64_t> times_;
  std::vector<int64_t> entries_;  // when they are shown, ascending
  std::optional<int64_t> last_dts_;
  std::optional<int64_t> least_offset_;  // presentation minus decode time
  std::optional<int64_t> largest_offset_;
  int64_t packets_ = 0;
  bool sound_ = true;
  bool complete_ = false;
};

}  // namespace reelbatch::media
