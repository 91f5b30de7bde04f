#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/cancel.h"
#include "base/mutex.h"
#include "base/result.h"
#include "contracts/video.h"
#include "media/av.h"
#include "media/container.h"
#include "media/stream_info.h"

namespace reelbatch::media {

/// The two who read a file together.
enum class Reader : uint8_t { kFrames, kSound };

/// What a reader opens.
struct FileToRead {
  std::filesystem::path path;
  std::optional<int> stream;  // contracts::Sampling::stream
  const base::CancelToken* cancel = nullptr;

  friend bool operator==(const FileToRead&, const FileToRead&) = default;
};

/// A stream as it was when its file was opened.
struct StreamFacts {
  AVStream* stream = nullptr;  // reading may change all but its index and its time base
  AvCodecParameters parameters;
  contracts::VideoInfo info;         // of the container
  std::optional<double> said_end_s;  // Container::said_end_s()
};

/// Errors: out_of_memory.
base::Result<StreamFacts> FactsOf(Container& container, AVStream& stream);

/// The demuxer behind a SharedFile. Packets that come while the other reader asks wait for their
/// own. Threads: any.
///
/// Note [Sound files alone are shared]: an error, a log line of FFmpeg's or a failing device says
/// nothing of the stream that it belongs to, and each reader reports its own. So at the first of
/// them both are sent away (kReadAlone) and read again, each with the other's stream discarded, as
/// if there had been nothing to share.
class SharedDemuxer {
 public:
  /// What Read() answers a reader that has to go on with a container of its own; FFmpeg has no such
  /// error.
  static constexpr int kReadAlone = -0x7fff0000;

  explicit SharedDemuxer(int64_t most_waiting_bytes) : most_waiting_bytes_(most_waiting_bytes) {}

  /// How a reader begins.
  struct Joined {
    std::unique_ptr<Container> own;  // to be read alone; null: the two below hold
    StreamFacts facts;               // of what the reader shares
    SoundChoice sound;  // of the file; without a decoder the sound cannot be read, nor shared
  };
  /// The first one opens the file. Whoever reads something else than the other, or comes a second
  /// time, gets a container of its own. Errors: as Probe(), out_of_memory.
  base::Result<Joined> Join(Reader reader, const FileToRead& file) EXCLUDES(mutex_);
  /// A container of its own for a reader that was sent away. Errors: as Probe().
  base::Result<std::unique_ptr<Container>> OpenAgain(const FileToRead& file) EXCLUDES(mutex_);

  /// The next packet of the reader's stream; `packet` must be blank. Otherwise AVERROR_EOF,
  /// AVERROR_EXIT (cancelled) or kReadAlone.
  int Read(Reader reader, AVPacket& packet) EXCLUDES(mutex_);
  /// The reader wants no more packets.
  void Leave(Reader reader) EXCLUDES(mutex_);

  /// Returns use(container), while no other thread reads the container.
  template <class Use>
  auto With(Use&& use) EXCLUDES(mutex_) {
    const base::MutexLock lock(mutex_);
    return use(*container_);
  }

  int times_opened() const EXCLUDES(mutex_) {
    const base::MutexLock lock(mutex_);
    return times_opened_;
  }

 private:
  enum class State : uint8_t { kExpected, kReads, kGone };

  /// What one reader is given.
  struct Lane {
    State state = State::kExpected;
    AVStream* stream = nullptr;
    StreamFacts facts;             // until it joins
    std::deque<AvPacket> waiting;  // packets that came while the other one read
    int64_t waiting_bytes = 0;
  };

  Lane& Of(Reader reader) REQUIRES(mutex_) { return lanes_[static_cast<size_t>(reader)]; }
  base::Result<std::unique_ptr<Container>> OpenContainer(const FileToRead& file) REQUIRES(mutex_);
  base::Status Open(const FileToRead& file) REQUIRES(mutex_);
  /// From the file.
  int ReadNext(AVPacket& packet) REQUIRES(mutex_);
  /// Where too much waits then, the sound leaves.
  void Keep(Reader reader, AvPacket packet) REQUIRES(mutex_);
  void Close(Lane& lane) REQUIRES(mutex_);

  const int64_t most_waiting_bytes_;
  mutable base::Mutex mutex_;
  std::optional<FileToRead> file_ GUARDED_BY(mutex_);  // once it is open
  std::unique_ptr<Container> container_ GUARDED_BY(mutex_);
  SoundChoice sound_ GUARDED_BY(mutex_);
  std::array<Lane, 2> lanes_ GUARDED_BY(mutex_);
  bool ended_ GUARDED_BY(mutex_) = false;
  int times_opened_ GUARDED_BY(mutex_) = 0;
};

}  // namespace reelbatch::media
