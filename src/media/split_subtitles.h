#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "media/av.h"
#include "media/container.h"
#include "media/packet_times.h"
#include "media/split_tracks.h"

namespace reelbatch::media {

/// What the times of cues are written in.
inline constexpr AVRational kCueTick{1, 1'000'000};

/// One subtitle: its packet is ready for the pieces' container, its times count on the source's
/// clock.
struct Cue {
  size_t track = 0;  // index of the tracks given to Open()
  double start_s = 0;
  double end_s = 0;  // start_s where the source does not say: a later cue ends it
  AvPacket packet;   // without times
};

/// Copied as it is, or its text converted.
class SubtitleTrack {
 public:
  /// Errors: corrupt (FFmpeg cannot convert it), out_of_memory.
  static base::Result<std::unique_ptr<SubtitleTrack>> Open(Container& container,
                                                           const SplitTrack& track);

  /// The packet for the pieces, or null where it holds nothing to show.
  base::Result<AvPacket> Convert(const AVPacket& packet, double& duration_s);
  const AVCodecParameters& parameters() const { return *parameters_; }
  const AVStream& source() const { return *source_; }

 private:
  SubtitleTrack(Container& container, const AVStream& source)
      : container_(container), source_(&source) {}
  base::Status OpenCodecs(AVCodecID codec);

  Container& container_;
  const AVStream* source_;
  AvCodecParameters parameters_;
  AvCodecContext decoder_;
  AvCodecContext encoder_;
};

/// The subtitles of a file, in the order of the file. Threads: one caller at a time.
class SplitSubtitles {
 public:
  /// Of `tracks` those that are subtitles; null where none are. `times` as in SplitAudio::Open().
  /// Errors: as Probe().
  static base::Result<std::unique_ptr<SplitSubtitles>> Open(const std::filesystem::path& path,
                                                            const contracts::Sampling& sampling,
                                                            const std::vector<SplitTrack>& tracks,
                                                            const PacketTimes* times,
                                                            const base::CancelToken* cancel);

  /// None at the end. A cue before the one before it is of the next epoch. Errors: cancelled, io,
  /// out_of_memory.
  base::Result<std::optional<Cue>> Next();
  /// By the index of `tracks`.
  const SubtitleTrack* track(size_t index) const { return tracks_[index].get(); }

 private:
  std::unique_ptr<Container> container_;
  std::vector<std::unique_ptr<SubtitleTrack>> tracks_;  // null: no subtitle track
  const PacketTimes* times_ = nullptr;
  int epoch_ = 0;
  double last_s_ = 0;  // start of the newest cue
};

}  // namespace reelbatch::media
