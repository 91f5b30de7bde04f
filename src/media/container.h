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

/// Larger frames are refused: 16K UHD (15360x8640) fits. FFmpeg's own bound lies near 2^28.
inline constexpr int64_t kMaxPixels = int64_t{1} << 27;

inline constexpr std::string_view kConvertRemedy =
    "; this FFmpeg cannot read this kind: convert it, for example to H.264 in .mp4";

/// Whether FFmpeg's words speak of what it lacks, rather than of damage.
bool IsUnsupported(std::string_view said);

/// Packets that were read before they were wanted.
struct KeptPackets {
  std::deque<AvPacket> packets;
  bool to_the_end = false;  // the file has no more
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

  /// The next packet of a stream that is not discarded, from the file's beginning on; `packet` must
  /// be blank. Otherwise as av_read_frame(), which must not be called beside it.
  int ReadFrame(AVPacket& packet);
  /// Goes on from the keyframe of the chosen stream at `pts`, or one before it; as av_seek_frame().
  int Seek(int64_t pts);

  AVFormatContext* format() { return format_.get(); }
  AVStream* stream() { return stream_; }
  InputFile& file() { return *file_; }
  LogCapture& log() { return log_; }
  const contracts::VideoInfo& info() const { return info_; }
  /// When the longest stream ends by what the container said as it was opened, seconds on its
  /// clock.
  std::optional<double> said_end_s() const { return said_end_s_; }
  /// How often the file was opened until this was a container that can be read.
  int times_opened() const { return times_opened_; }
  /// Of `averror`, telling cancelling and a failing device apart from damaged data.
  std::unexpected<base::Error> Fail(int averror, std::string_view what) {
    return Fail(averror, what, log_.first_error());
  }
  /// The same, with what FFmpeg `said` in the log of whoever reads it.
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
  /// The same error in better words, where the content is known to be something else.
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
