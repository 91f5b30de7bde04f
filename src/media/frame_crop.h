#pragma once

#include <optional>

#include "base/result.h"
#include "contracts/video.h"
#include "media/av.h"
#include "media/frame_sampler.h"

namespace reelbatch::media {

/// Errors: invalid_argument, where the crop does not lie within frames of this size. The message
/// names the crop, the size and the remedy.
base::Status CheckCrop(const std::optional<contracts::CropRect>& crop, FrameSize frame);

/// Cuts the part out of decoded frames that is to be looked at. Threads: one caller at a time.
///
/// Note [Crops]: the rectangle counts in pixels of the file's first frame, as it was decoded. Where
/// a later frame has another size, the rectangle grows or shrinks with it, as such a frame is
/// scaled to the size of the first one where nothing is cropped. Luma is exact at every offset.
/// Chroma begins with the sample that belongs to the first pixel: a left or top side that is odd
/// is rounded down to the chroma grid, as `ffmpeg -vf crop=W:H:X:Y:exact=1` does.
///
/// Samples are not copied, except for formats in which one byte or word holds several pixels
/// (monochrome, 4:2:2 in one plane, Bayer): such a frame is unpacked first.
class FrameCrop {
 public:
  explicit FrameCrop(std::optional<contracts::CropRect> rect) : rect_(rect) {}

  /// The part, or `frame` itself where nothing is cropped. It lives until the next call. `first`:
  /// the size of the file's first frame. Errors: as CheckCrop(), out_of_memory, corrupt (a pixel
  /// format that swscale cannot read).
  base::Result<const AVFrame*> Cut(const AVFrame& frame, FrameSize first);

 private:
  contracts::CropRect RectIn(FrameSize frame, FrameSize first) const;
  base::Result<const AVFrame*> Unpack(const AVFrame& frame);

  std::optional<contracts::CropRect> rect_;
  AvFrame part_;
  AvFrame unpacked_;
  AvSws sws_;
};

}  // namespace reelbatch::media
