#pragma once

#include <cstdint>
#include <memory>

namespace reelbatch::media {

class SharedDemuxer;

/// The file of one pass over a video, which the frames and the sound of that pass share: it is
/// opened and read once for both.
///
/// Give the same object to OpenVideo() and OpenAudio() (ReaderOptions::shared,
/// AudioOptions::shared), with the same path, stream and cancel token; whoever comes first opens
/// the file. What both give is what they give without it, byte for byte. A reader goes on with a
/// demuxer of its own, and reads from the beginning up to where it was, where
///   - the demuxer speaks of damage: whose damage that is, only a demuxer of that stream tells; or
///   - more than `most_waiting_bytes` of packets wait for one of the two, as where all sound stands
///     behind all pictures. The sound leaves then.
/// Give it only where both are wanted: packets of a reader that never comes wait in vain.
///
/// Threads: the two readers may be on different threads; they may outlive this object.
class SharedFile {
 public:
  /// Interleaved files keep the two within a second or two of each other: 2 s of a camera's
  /// 100 Mbit/s are 25 MB.
  static constexpr int64_t kMostWaitingBytes = int64_t{32} << 20;

  explicit SharedFile(int64_t most_waiting_bytes = kMostWaitingBytes);
  ~SharedFile();
  SharedFile(const SharedFile&) = delete;
  SharedFile& operator=(const SharedFile&) = delete;

  /// How often the file was opened so far, by the two readers and for them.
  int times_opened() const;

  /// For readers alone.
  const std::shared_ptr<SharedDemuxer>& demuxer() const { return demuxer_; }

 private:
  std::shared_ptr<SharedDemuxer> demuxer_;
};

}  // namespace reelbatch::media
