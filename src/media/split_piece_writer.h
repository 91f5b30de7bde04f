#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "media/muxer.h"
#include "media/split.h"
#include "media/split_audio.h"
#include "media/split_sound_writer.h"
#include "media/split_subtitles.h"
#include "media/split_tracks.h"
#include "media/split_video_writer.h"

namespace reelbatch::media {

/// What every piece of one source has in common. A track is sound or subtitles by what is there for
/// its index.
struct PieceFormat {
  VideoOfPieces video;
  const AVFormatContext* source = nullptr;
  std::vector<SplitTrack> tracks = {};
  std::vector<const SplitAudio*> sounds = {};  // one per track; null: no sound
  const SplitSubtitles* subtitles = nullptr;   // null: no track is subtitles
};

/// Encodes one piece: video timed by the source, sound cut to the sample, subtitles moved. Threads:
/// one caller at a time.
class PieceWriter {
 public:
  /// Opens at the piece's first frame, whose geometry all others share.
  static base::Result<std::unique_ptr<PieceWriter>> Create(const Piece& piece,
                                                           const PieceFormat& format,
                                                           const SourcePicture& first);

  base::Status AddFrame(const SourcePicture& picture) { return video_.Add(picture); }
  /// Takes what of the run of track `track` lies inside the piece.
  base::Status AddSound(size_t track, const SplitAudio::Run& run) {
    return sounds_[track]->Add(run);
  }
  /// Takes the part of the cue that lies inside the piece.
  base::Status AddCue(const Cue& cue);
  base::Result<WrittenPiece> Finish();

  const Piece& piece() const { return piece_; }
  int64_t frames() const { return video_.frames(); }
  /// Where the piece's sound ends, as a position of that track's reader.
  int64_t sound_end(size_t track) const { return sounds_[track]->end(); }

 private:
  PieceWriter(Piece piece, const PieceFormat& format)
      : piece_(std::move(piece)), format_(format), video_(format.video) {}
  base::Status OpenTracks();

  Piece piece_;
  const PieceFormat& format_;
  std::unique_ptr<Muxer> muxer_;  // outlives the encoders, which log to it
  SplitVideoWriter video_;
  std::vector<std::unique_ptr<SplitSoundWriter>> sounds_;  // one per track; null: no sound
  std::vector<AVStream*> cues_;                            // one per track; null: no subtitles
};

}  // namespace reelbatch::media
