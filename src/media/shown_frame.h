#pragma once

#include <optional>

#include "base/result.h"
#include "image/frame.h"
#include "image/plane.h"
#include "media/av.h"
#include "media/frame_converter.h"
#include "media/stream_decoder.h"
#include "media/thumbnailer.h"
#include "media/video_reader.h"

namespace reelbatch::media {

/// Turns the frames of one decoder into what readers give: the view and, where it was asked for,
/// the small picture. Threads: one caller at a time.
class ShownFrame {
 public:
  /// Of the first request of `options` the size, the crop and the thumbnail. `decoder` must
  /// outlive it.
  ShownFrame(const ReaderOptions& options, const StreamDecoder& decoder);

  /// Tells of the first frame of the file where that is not made itself: it sets the geometry.
  void NoteFirst(const AVFrame& frame) { converter_.NoteSkipped(frame); }

  /// `loose`: the same frame as StreamDecoder::loosely_cropped() gives it. The samples live as long
  /// as `frame` does, and until the next call. Errors: as FrameConverter::Convert() and
  /// Thumbnailer::Make().
  base::Result<image::StampedFrame> Make(const AVFrame& frame, const AVFrame& loose,
                                         image::FrameStamp stamp);

 private:
  const StreamDecoder& decoder_;
  FrameConverter converter_;
  FramePlanes planes_;
  std::optional<Thumbnailer> thumbnailer_;
  image::Plane<uint8_t> thumbnail_;
};

}  // namespace reelbatch::media
