#pragma once

#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "base/cancel.h"
#include "base/result.h"
#include "contracts/video.h"
#include "media/av.h"
#include "media/input_file.h"
#include "media/log_capture.h"

namespace reelbatch::media {

/// The largest number of pixels of a frame; larger frames are refused. 16K UHD (15360x8640) fits.
/// FFmpeg's own limit is near 2^28.
inline constexpr int64_t kMaxPixels = int64_t{1} << 27;

inline constexpr std::string_view kConvertRemedy =
    "; this FFmpeg cannot read this kind: convert it, for example to H.264 in .mp4";

/// Whether FFmpeg's message means that FFmpeg lacks something, rather than that the file is
/// damaged.
bool IsUnsupported(std::string_view said);

/// Packets that were read in advance.
struct KeptPackets {
  std::deque<AvPacket> packets;
  bool to_the_end = false;  // the file has no further packets
};

/// An opened container and its chosen video stream. Threads: one caller at a time.
///
/// The format is recognised from the content alone, never from the name, so the same bytes are
/// always read the same way. Demuxers cannot open any other file.
class Container {
 public:
  /// Errors: as Probe().
  static base::Result<std::unique_ptr<Container>> Open(const std::filesystem::path& path,
                                                       const contracts::Sampling& sampling,
                                                       const base::CancelToken* cancel);
  ~Container();
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;

  /// Reads the next packet of a stream that is not discarded; the first call gives the first packet
  /// of the file. `packet` must be blank. It returns what av_read_frame() returns; do not call that
  /// function for this container.
  int ReadFrame(AVPacket& packet);
  /// Continues at the keyframe of the chosen stream at `pts` (ticks of the stream), or at a
  /// keyframe before it. It returns what av_seek_frame() returns.
  int Seek(int64_t pts);

  AVFormatContext* format() { return format_.get(); }
  AVStream* stream() { return stream_; }
  InputFile& file() { return *file_; }
  LogCapture& log() { return log_; }
  const contracts::VideoInfo& info() const { return info_; }
  /// The end of the longest stream as the container stated it when it was opened, in seconds on its
  /// clock.
  std::optional<double> said_end_s() const { return said_end_s_; }
  /// How often the file was opened until the container could be read.
  int times_opened() const { return times_opened_; }
  /// The error of `averror`. It distinguishes a cancelled call and a failing device from damaged
  /// data.
  std::unexpected<base::Error> Fail(int averror, std::string_view what) {
    return Fail(averror, what, log_.first_error());
  }
  /// The same, with `said`: what FFmpeg wrote to the log of the reader.
  std::unexpected<base::Error> Fail(int averror, std::string_view what, const std::string& said);

 private:
  Container() = default;
  static base::Result<std::unique_ptr<Container>> OpenOnce(const std::filesystem::path& path,
                                                           const contracts::Sampling& sampling,
                                                           const base::CancelToken* cancel,
                                                           bool all_samples = false);
  base::Status OpenFormat(bool all_samples);
  void TakeAllSamples();
  base::Status FindStreams();
  base::Status ChooseStream(const contracts::Sampling& sampling);
  base::Status CheckProtection() const;
  base::Status CheckGeometry();
  /// The same error with a better message, if we recognise the content as something else.
  base::Error Named(base::Error error) const;

  // Order matters: the demuxer is closed before the file and the log it speaks to.
  LogCapture log_;
  std::unique_ptr<InputFile> file_;
  AvInput format_;
  AVStream* stream_ = nullptr;
  contracts::VideoInfo info_;
  std::optional<double> said_end_s_;
  KeptPackets kept_;  // come before those that are still in the file
  int times_opened_ = 1;
};

}  // namespace reelbatch::media
