#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "base/result.h"
#include "media/coded_parameters.h"
#include "media/muxer.h"
#include "media/packet_times.h"
#include "media/split.h"
#include "media/split_subtitles.h"
#include "media/split_tracks.h"

namespace reelbatch::media {

/// What the pieces of one source have in common when they are copied.
struct CopyFormat {
  const AVStream* video = nullptr;
  const AVFormatContext* source = nullptr;
  contracts::VideoInfo info = {};  // of the video
  std::vector<SplitTrack> tracks = {};
  std::vector<std::unique_ptr<SubtitleTrack>> subtitles = {};  // one per track; null: no subtitles
  const PacketTimes* times = nullptr;
  const CodedParameters* coded = nullptr;
};

/// Where a piece begins: a keyframe, by its place among the packets of the video.
struct CopyStart {
  size_t packet = 0;
  int64_t at = 0;  // ticks of the video's mended clock
  /// What the decoder needs from here on, where that is not what the container says; else null.
  const AVCodecParameters* parameters = nullptr;
};

/// Copies the packets of one piece. Threads: one caller at a time.
class PieceCopy {
 public:
  PieceCopy(const CopyFormat& format, const Piece& piece, const CopyStart& start);

  /// Creates the file. Once, before anything is written.
  base::Status Open();
  size_t start_packet() const { return start_.packet; }
  bool started() const { return started_; }
  /// Whether it needs nothing more.
  bool ended() const { return ended_; }
  double start_s() const { return start_s_; }
  const std::filesystem::path& output() const { return piece_.output; }

  /// Whether sound or a subtitle of that time belongs to it, seconds of the mended clock.
  bool Wants(double at_s) const { return at_s >= start_s_ && at_s < end_s_; }

  /// The packet of the video at place `index`.
  base::Status Video(const AVPacket& packet, size_t index);
  /// A packet of another track whose epoch is known. Its time is `at_s` on the mended clock.
  base::Status Other(size_t track, const AVPacket& packet, int epoch, double at_s);
  /// A subtitle, cut to the piece.
  base::Status Subtitle(const Cue& cue);

  /// Errors: as Muxer::Finish().
  base::Result<WrittenPiece> Finish();

 private:
  /// Whether the decoder has what this packet needs.
  bool Decodable(const PacketTimes::Entry& entry);
  base::Status WriteVideo(const AVPacket& packet, const PacketTimes::Entry& entry);
  base::Status Keep(const AVPacket& packet, const PacketTimes::Entry& entry);
  /// Times that a muxer takes: decoding never goes back.
  base::Status Write(AVPacket& packet, AVStream& stream, AVRational tick);

  struct Late {
    AvPacket packet;
    PacketTimes::Entry entry;
  };

  const CopyFormat& format_;
  Piece piece_;
  CopyStart start_;
  double start_s_;
  double end_s_;
  std::unique_ptr<Muxer> muxer_;
  AVStream* video_ = nullptr;
  std::vector<AVStream*> tracks_;
  std::vector<bool> passed_;   // of the tracks: sound of the piece's end has come by
  std::vector<int64_t> last_;  // decode time by output stream
  bool started_ = false;
  int key_epoch_ = 0;   // of the newest keyframe
  int64_t key_at_ = 0;  // when it is shown, where it is the first of its epoch here
  bool ended_ = false;
  int64_t frames_ = 0;
  std::vector<Late> late_;
  int64_t late_bytes_ = 0;
};

}  // namespace reelbatch::media
