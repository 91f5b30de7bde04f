#include "media/split_feeds.h"

#include <cmath>
#include <utility>

namespace reelbatch::media {

base::Status SoundFeed::FeedUntil(double until_s, PieceWriter& writer) {
  const auto until = static_cast<int64_t>(std::llround(until_s * reader_->rate()));
  const int64_t end = writer.sound_end(track_);
  while (!ended_) {
    if (given_ < run_.samples) {
      if (run_.position >= end || run_.position >= until) return {};
      if (auto done = writer.AddSound(track_, run_); !done) return done;
      // What lies past the piece is the next one's.
      if (run_.position + run_.samples > end) return {};
      given_ = run_.samples;
    }
    auto next = reader_->Next();
    if (!next) return std::unexpected(next.error());
    run_ = *next;
    given_ = 0;
    ended_ = run_.samples == 0;
  }
  return {};
}

base::Status SubtitleFeed::Begin(PieceWriter& writer) {
  std::erase_if(shown_, [&](const Cue& cue) { return cue.end_s <= writer.piece().start_s; });
  for (const Cue& cue : shown_) {
    if (auto done = writer.AddCue(cue); !done) return done;
  }
  return {};
}

base::Status SubtitleFeed::FeedUntil(double until_s, PieceWriter& writer) {
  while (reader_ && !ended_) {
    if (!next_) {
      auto read = reader_->Next();
      if (!read) return std::unexpected(read.error());
      next_ = std::move(*read);
      ended_ = !next_;
      continue;
    }
    if (next_->start_s >= until_s || next_->start_s >= writer.piece().end_s) return {};
    if (auto done = writer.AddCue(*next_); !done) return done;
    shown_.push_back(std::move(*next_));
    next_.reset();
  }
  return {};
}

}  // namespace reelbatch::media
