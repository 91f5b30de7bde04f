#pragma once

#include "base/result.h"
#include "media/av.h"
#include "media/picture_colours.h"

namespace reelbatch::media {

/// The planar Y'CbCr format of 8 or 10 bits that keeps most of `format`. It has the same chroma
/// layout, or the next finer one that H.264 has. RGB becomes 4:4:4. Gray becomes 4:2:0 with neutral
/// chroma. More than 10 bits become 10.   Example: yuv422p12le -> yuv422p10le; yuv411p -> yuv422p.
AVPixelFormat EncodableFormat(AVPixelFormat format);

/// Whether the format always has full range, in which black is 0. RGB and bitmaps have it.
bool IsFullRangePicture(const PictureColours& colours, AVPixelFormat format);

/// Turns decoded frames into pictures of one of the formats that EncodableFormat() gives.
///
/// If nothing differs, samples are copied. If only the depth differs, they are shifted up or
/// rounded. Otherwise swscale converts them. Columns and rows beyond the size of the target are
/// left out. Frames of another size than the first frame are scaled. Alpha is dropped. Threads: one
/// caller at a time.
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
