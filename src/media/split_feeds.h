#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "media/split_piece_writer.h"

namespace reelbatch::media {

/// One sound track of the source, handed to the piece that is being written; a run may straddle two
/// pieces.
class SoundFeed {
 public:
  SoundFeed(size_t track, std::unique_ptr<SplitAudio> reader)
      : track_(track), reader_(std::move(reader)) {}

  size_t track() const { return track_; }
  const SplitAudio* reader() const { return reader_.get(); }

  /// Gives `writer` all sound before `until_s`.
  base::Status FeedUntil(double until_s, PieceWriter& writer);

 private:
  size_t track_;
  std::unique_ptr<SplitAudio> reader_;
  SplitAudio::Run run_;
  int given_ = 0;
  bool ended_ = false;
};

/// The subtitles of the source, handed to every piece that they are shown in.
class SubtitleFeed {
 public:
  explicit SubtitleFeed(std::unique_ptr<SplitSubtitles> reader) : reader_(std::move(reader)) {}

  const SplitSubtitles* reader() const { return reader_.get(); }

  /// Gives a piece that has just begun what is still shown from before it.
  base::Status Begin(PieceWriter& writer);
  /// Gives `writer` all that starts before `until_s`.
  base::Status FeedUntil(double until_s, PieceWriter& writer);

 private:
  std::unique_ptr<SplitSubtitles> reader_;  // null: none
  std::deque<Cue> shown_;                   // given to a piece, and perhaps wanted by the next
  std::optional<Cue> next_;
  bool ended_ = false;
};

}  // namespace reelbatch::media
