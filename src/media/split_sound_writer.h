#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "media/av.h"
#include "media/muxer.h"
#include "media/split.h"
#include "media/split_audio.h"

namespace reelbatch::media {

/// One sound track of one piece, cut to the sample and encoded to AAC. Threads: one caller at a
/// time.
class SplitSoundWriter {
 public:
  /// Adds its stream to the muxer, which must outlive it. `source`: whose words the track has.
  base::Status Open(const SplitAudio& audio, const AVStream& source, const Piece& piece,
                    Muxer& muxer);
  /// Takes what of the run lies inside the piece.
  base::Status Add(const SplitAudio::Run& run);
  base::Status Finish();

  /// Where the piece's sound ends, as a position of the reader's.
  int64_t end() const { return end_; }

 private:
  /// Takes the sound to position `until` where the source has none before it: by silence, or where
  /// that would be long by a jump of the timestamps, as in the source.
  base::Status BridgeGap(int64_t until);
  base::Status Append(uint8_t* const* planes, int samples);
  base::Status NewBlock();
  base::Status Send();

  Muxer* muxer_ = nullptr;
  AvCodecContext encoder_;
  AVStream* stream_ = nullptr;
  AvFrame block_;  // AAC takes blocks of a fixed length
  int filled_ = 0;
  int64_t begin_ = 0;
  int64_t end_ = 0;
  int64_t position_ = 0;  // of the next sample that is appended
};

}  // namespace reelbatch::media
