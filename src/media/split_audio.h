#pragma once

#include <filesystem>
#include <memory>

#include "base/cancel.h"
#include "base/result.h"
#include "media/av.h"
#include "media/container.h"

namespace reelbatch::media {

/// The sound that belongs to a video, decoded to planar float at a rate and layout that AAC takes.
///
/// Positions count samples of the container's clock: position p is heard at p / rate seconds.
/// Damaged packets are left out; gaps in the timestamps show as jumps of the position. Threads: one
/// caller at a time.
class AudioReader {
 public:
  /// Null where the file has no sound that FFmpeg can decode. Errors: as Probe().
  static base::Result<std::unique_ptr<AudioReader>> Open(const std::filesystem::path& path,
                                                         const contracts::Sampling& sampling,
                                                         const base::CancelToken* cancel);

  int rate() const { return rate_; }
  const AVChannelLayout& layout() const { return layout_.value; }

  struct Run {
    int64_t position = 0;
    int samples = 0;
    uint8_t* const* planes = nullptr;  // float samples, one plane per channel; until the next call
  };
  /// The next run, or samples == 0 at the end. Errors: cancelled, io, out_of_memory.
  base::Result<Run> Next();

 private:
  struct Layout {
    AVChannelLayout value{};
    Layout() = default;
    ~Layout() { av_channel_layout_uninit(&value); }
    Layout(const Layout&) = delete;
    Layout& operator=(const Layout&) = delete;
  };

  AudioReader() = default;
  base::Status OpenDecoder(const AVCodec& codec);
  base::Status Configure(const AVFrame& frame);
  base::Result<Run> Convert(const AVFrame& frame);
  /// Feeds the decoder one packet, or the end.
  base::Status Feed();

  std::unique_ptr<Container> container_;  // outlives the decoder, which logs to it
  AVStream* stream_ = nullptr;
  AvCodecContext decoder_;
  AvSwr resampler_;
  AvFrame decoded_;
  AvFrame converted_;
  AvPacket packet_;
  Layout layout_;
  Layout source_layout_;  // what the resampler was made for
  int source_rate_ = 0;
  int source_format_ = -1;
  int rate_ = 0;
  int64_t next_position_ = 0;
  bool started_ = false;
  bool fed_all_ = false;
};

}  // namespace reelbatch::media
