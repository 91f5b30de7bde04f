#pragma once

#include "base/result.h"
#include "media/av.h"
#include "media/picture_colours.h"

namespace reelbatch::media {

/// The planar Y'CbCr format of 8 or 10 bits that loses least of `format`: the same chroma layout,
/// or the next finer one that H.264 has. RGB becomes 4:4:4, gray 4:2:0 with neutral chroma, more
/// than 10 bits become 10.   Example: yuv422p12le -> yuv422p10le; yuv411p -> yuv422p.
AVPixelFormat EncodableFormat(AVPixelFormat format);

/// Whether full-scale black is 0: of RGB and of bitmaps always.
bool IsFullRangePicture(const PictureColours& colours, AVPixelFormat format);

/// Turns decoded frames into pictures of one of the formats that EncodableFormat() gives.
///
/// Where only the depth differs samples are shifted up or rounded; where nothing differs they are
/// copied; all else goes through swscale. Columns and rows beyond the target's size are left out;
/// frames of another size than the first are scaled. Alpha is dropped. Threads: one caller at a
/// time.
class PictureConverter {
 public:
  struct Target {
    AVPixelFormat format = AV_PIX_FMT_NONE;
    int width = 0;
    int height = 0;
    AVColorSpace matrix = AVCOL_SPC_UNSPECIFIED;  // that RGB is converted by
    bool full_range = false;
  };

  /// `first_width` x `first_height`: size of the frames, which may be larger than the target's by
  /// what H.264 does not take.
  PictureConverter(const Target& target, int first_width, int first_height)
      : target_(target), first_width_(first_width), first_height_(first_height) {}

  /// Errors: out_of_memory, corrupt (a pixel format swscale cannot read).
  base::Result<AvFrame> Convert(const AVFrame& frame, const PictureColours& colours);

  const Target& target() const { return target_; }

 private:
  struct Pass {
    int width = 0;
    int height = 0;
    AVPixelFormat from = AV_PIX_FMT_NONE;
    AVPixelFormat to = AV_PIX_FMT_NONE;
    AVColorSpace matrix = AVCOL_SPC_UNSPECIFIED;
    bool from_full = false;
    bool to_full = false;
    friend bool operator==(const Pass&, const Pass&) = default;
  };
  base::Status Scale(const AVFrame& from, const Pass& pass, AVFrame& to);

  Target target_;
  int first_width_;
  int first_height_;
  AvSws scaler_;
  Pass pass_;
};

}  // namespace reelbatch::media
