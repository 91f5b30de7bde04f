#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "base/result.h"
#include "image/frame.h"
#include "media/encoder.h"
#include "media/muxer.h"
#include "media/split.h"
#include "media/split_audio.h"

namespace reelbatch::media {

/// What every piece of one source has in common.
struct PieceFormat {
  contracts::VideoInfo info;
  AVRational time_base{
      1, 1000};  // of the source stream: every source timestamp is a whole number of it
  const uint8_t* display_matrix = nullptr;  // 9 int32 of the source stream, or null
  const SplitAudio* audio = nullptr;       // null: no sound
};

/// Encodes one piece: video timed by the source, sound cut to the sample. Threads: one caller at a
/// time.
class PieceWriter {
 public:
  /// Opens at the piece's first frame, whose geometry all others share.
  static base::Result<std::unique_ptr<PieceWriter>> Create(const Piece& piece,
                                                           const PieceFormat& format,
                                                           const image::FrameView& first);

  base::Status AddFrame(const image::FrameView& view, double pts_s);
  /// Takes what of the run lies inside the piece.
  base::Status AddSound(const SplitAudio::Run& run);
  base::Result<WrittenPiece> Finish();

  const Piece& piece() const { return piece_; }
  int64_t frames() const { return frames_; }
  /// Where the piece's sound ends, as a position of the reader's.
  int64_t sound_end() const { return sound_end_; }

 private:
  PieceWriter(Piece piece, const PieceFormat& format)
      : piece_(std::move(piece)), time_base_(format.time_base) {}
  base::Status OpenVideo(const PieceFormat& format, const image::FrameView& first);
  base::Status OpenSound(const SplitAudio& audio);
  /// The view in the encoder's format and size.
  base::Result<AvFrame> Convert(const image::FrameView& view);
  /// Encodes the waiting frame, which lasts `duration` ticks.
  base::Status FlushFrame(int64_t duration);
  base::Status SendVideo(const AVFrame* frame);
  /// Takes the sound to position `until` where the source has none before it: by silence, or where
  /// that would be long by a jump of the timestamps, as in the source.
  base::Status BridgeGap(int64_t until);
  base::Status AppendSound(uint8_t* const* planes, int samples);
  base::Status SendSound();

  Piece piece_;
  AVRational time_base_;
  std::unique_ptr<Muxer> muxer_;  // outlives the encoders, which log to it
  AvCodecContext video_;
  AVStream* video_stream_ = nullptr;
  AvSws scaler_;
  AVPixelFormat source_format_ = AV_PIX_FMT_NONE;
  AvFrame waiting_;                      // its duration is known when the next one comes
  std::map<int64_t, int64_t> duration_;  // by pts, of frames inside the encoder
  std::optional<int64_t> first_tick_;
  int64_t last_tick_ = 0;
  int64_t last_duration_ = 1;
  double first_pts_s_ = 0;
  int64_t frames_ = 0;

  AvCodecContext sound_;
  AVStream* sound_stream_ = nullptr;
  AvFrame block_;  // AAC takes blocks of a fixed length
  int block_filled_ = 0;
  int64_t sound_begin_ = 0;
  int64_t sound_end_ = 0;
  int64_t sound_position_ = 0;  // of the next sample that is appended
};

}  // namespace reelbatch::media
