#pragma once

#include <cstdint>
#include <memory>

namespace reelbatch::media {

class SharedDemuxer;

/// The file of one pass over a video, shared by the frames and the sound of that pass: it is
/// opened and read once for both.
///
/// Give the same object to OpenVideo() and OpenAudio() (ReaderOptions::shared,
/// AudioOptions::shared), with the same path, stream and cancel token; the first one opens
/// the file. Both give the same bytes as without it. A reader continues with its own
/// demuxer, and reads again from the beginning up to its position, if
///   - the demuxer reports damage: only a demuxer of that stream can tell which stream has it; or
///   - more than `most_waiting_bytes` of packets wait for one of the two, for example because all
///     sound comes after all pictures. The sound then gets its own demuxer.
/// Use it only if both are needed: otherwise packets for the missing reader wait in vain.
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

  /// Number of times that the file was opened, by the two readers and for them.
  int times_opened() const;

  /// For readers only.
  const std::shared_ptr<SharedDemuxer>& demuxer() const { return demuxer_; }

 private:
  std::shared_ptr<SharedDemuxer> demuxer_;
};

}  // namespace reelbatch::media
