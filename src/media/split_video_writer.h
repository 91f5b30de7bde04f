#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "media/av.h"
#include "media/muxer.h"
#include "media/picture_colours.h"
#include "media/picture_converter.h"
#include "media/split.h"

namespace reelbatch::media {

/// A decoded frame of the source, how it is to be read, and its time.
struct SourcePicture {
  const AVFrame* frame = nullptr;
  PictureColours colours;
  double pts_s = 0;
};

/// What the video of every piece of one source has in common.
struct VideoOfPieces {
  contracts::VideoInfo info;
  const AVStream* stream = nullptr;  // of the source: words and side data
  AVRational time_base{1, 1000};     // every source timestamp is a whole number of it
};

/// The video of one piece: H.264 of the source's depth, chroma, colours and fields, timed by the
/// source. Threads: one caller at a time.
class SplitVideoWriter {
 public:
  explicit SplitVideoWriter(const VideoOfPieces& source) : source_(source) {}

  /// Adds its stream to the muxer, which must outlive it. The first frame settles the format.
  base::Status Open(const SourcePicture& first, Muxer& muxer);
  base::Status Add(const SourcePicture& picture);
  /// `end_s`: when the piece ends, on the source's clock.
  base::Status Finish(double end_s);

  int64_t frames() const { return frames_; }
  double first_pts_s() const { return first_pts_s_; }
  int width() const { return encoder_->width; }
  int height() const { return encoder_->height; }

 private:
  base::Status AddStream(const AVFrame& first);
  /// Encodes the waiting frame, which lasts `duration` ticks.
  base::Status Flush(int64_t duration);
  base::Status Send(const AVFrame* frame);

  const VideoOfPieces& source_;
  Muxer* muxer_ = nullptr;
  std::optional<PictureConverter> converter_;
  AvCodecContext encoder_;
  AVStream* stream_ = nullptr;
  AvFrame waiting_;                      // its duration is known when the next one comes
  std::map<int64_t, int64_t> duration_;  // by pts, of frames inside the encoder
  std::optional<int64_t> first_tick_;
  int64_t last_tick_ = 0;
  int64_t last_duration_ = 1;
  double first_pts_s_ = 0;
  int64_t frames_ = 0;
};

/// What re-encoding does not keep of such frames, one sentence each.
std::vector<std::string> VideoLosses(const SourcePicture& picture, const VideoOfPieces& source);

}  // namespace reelbatch::media
