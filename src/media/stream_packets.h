#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/cancel.h"
#include "base/result.h"
#include "contracts/video.h"
#include "media/container.h"
#include "media/log_capture.h"
#include "media/shared_demuxer.h"

namespace reelbatch::media {

class SharedFile;

/// The packets of one stream, for one decoder: of a container of its own, or of one that another
/// decoder reads, too (SharedFile). Threads: one caller at a time.
class StreamPackets {
 public:
  /// Of a container that has no other reader.
  static base::Result<std::unique_ptr<StreamPackets>> Of(std::unique_ptr<Container> container,
                                                         AVStream& stream);
  /// Of the video stream that `sampling` chooses. `shared` may be null. Errors: as Probe(),
  /// out_of_memory.
  static base::Result<std::unique_ptr<StreamPackets>> OfFrames(const std::filesystem::path& path,
                                                               const contracts::Sampling& sampling,
                                                               const base::CancelToken* cancel,
                                                               const SharedFile* shared);
  /// What the demuxer shares with others.
  StreamPackets(std::shared_ptr<SharedDemuxer> shared, Reader reader, FileToRead file,
                StreamFacts facts);
  ~StreamPackets();
  StreamPackets(const StreamPackets&) = delete;
  StreamPackets& operator=(const StreamPackets&) = delete;

  /// The next packet, or FFmpeg's error; those of other streams may come between. `packet` must be
  /// blank. What FFmpeg says goes to log().
  int Read(AVPacket& packet);
  /// As Container::Seek(); of a container that is not shared.
  int Seek(int64_t pts);
  /// No more packets are wanted.
  void Stop();

  /// What FFmpeg says to this decoder. Outlives the codec that it watches.
  LogCapture& log() { return log_; }
  const std::filesystem::path& path() const { return file_.path; }
  bool cancelled() const { return file_.cancel != nullptr && file_.cancel->cancelled(); }
  /// errno of the first read that the system refused; 0 if none.
  int read_errno() const;
  /// Of `averror`, as Container::Fail().
  std::unexpected<base::Error> Fail(int averror, std::string_view what);

  int index() const { return facts_.stream->index; }
  AVRational time_base() const { return facts_.stream->time_base; }
  /// As the file was opened: reading may change what the stream itself says.
  const AVCodecParameters& parameters() const { return *facts_.parameters; }
  const contracts::VideoInfo& info() const { return facts_.info; }
  /// As Container::said_end_s().
  std::optional<double> said_end_s() const { return facts_.said_end_s; }
  /// As reading has left it. Of a container that another one reads only inside With().
  const AVStream& stream() const { return *facts_.stream; }

  /// Returns use(container), while no other thread reads the container.
  template <class Use>
  auto With(Use&& use) const {
    return shared_ ? shared_->With(std::forward<Use>(use)) : use(*own_);
  }

 private:
  StreamPackets() = default;
  int ReadShared(AVPacket& packet);
  int ReadOwn(AVPacket& packet);
  base::Status OpenOwn();

  LogCapture log_;
  FileToRead file_;
  StreamFacts facts_;
  std::shared_ptr<SharedDemuxer> shared_;  // null: own_ is read
  Reader reader_ = Reader::kFrames;
  std::unique_ptr<Container> own_;
  int64_t given_ = 0;                  // packets of the stream that came from what is shared
  int64_t to_skip_ = 0;                // of own_, which came already
  std::optional<base::Error> failed_;  // to open own_ in place of what was shared
};

}  // namespace reelbatch::media
