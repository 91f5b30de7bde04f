#pragma once

#include <filesystem>
#include <memory>

#include "base/cancel.h"
#include "base/result.h"
#include "media/audio_decoder.h"
#include "media/av.h"
#include "media/packet_times.h"

namespace reelbatch::media {

/// One sound track of a video, decoded to planar float at a rate and layout that AAC takes.
///
/// Positions count samples of the clock of the cuts: position p is heard at p / rate seconds.
/// Damaged packets are left out; gaps in the timestamps show as jumps of the position. Threads: one
/// caller at a time.
class SplitAudio {
 public:
  /// `stream`: index of the sound track. `times`: of the video, whose mended clock the sound
  /// follows; null: the container's clock. It must outlive this. Null where FFmpeg cannot decode
  /// it. Errors: as Probe().
  static base::Result<std::unique_ptr<SplitAudio>> Open(const std::filesystem::path& path,
                                                        const contracts::Sampling& sampling,
                                                        int stream, const PacketTimes* times,
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

  SplitAudio() = default;
  base::Status Configure(const AVFrame& frame);
  /// The frame, or a reference to it whose channels have places.
  base::Result<const AVFrame*> WithLayout(const AVFrame& frame);
  base::Result<Run> Convert(const AVFrame& decoded);

  std::unique_ptr<AudioDecoder> decoder_;
  AvSwr resampler_;
  AvFrame converted_;
  AvFrame ordered_;
  Layout layout_;
  Layout source_layout_;  // what the resampler was made for
  int source_rate_ = 0;
  int source_format_ = -1;
  int rate_ = 0;
  int64_t next_position_ = 0;
  bool started_ = false;
  const PacketTimes* times_ = nullptr;
  int epoch_ = 0;
};

}  // namespace reelbatch::media
