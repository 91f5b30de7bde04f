#pragma once

#include "base/result.h"
#include "image/plane.h"
#include "media/av.h"
#include "media/display_turn.h"
#include "media/frame_sampler.h"

namespace reelbatch::media {

/// Makes of decoded frames the small RGB pictures that `ffmpeg -i FILE -f rawvideo -pix_fmt rgb24
/// -s WxH -` gives, byte for byte, for who has to feed a model what its authors fed it. Threads:
/// one caller at a time; starts none.
///
/// Note [As the command line scales]: FFmpeg 5.1 turns a picture upright first; what cannot be
/// turned by a quarter (4:2:2 and the like) it makes 4:4:4 before. Then one pass of swscale from
/// the decoder's own pixel format, with the default flags (bicubic, no accurate rounding): which
/// instructions the CPU has may show in the last bit, as it does there. Range and matrix are the
/// frame's own word, BT.601 where it names no matrix, whatever its size: not what we take the same
/// samples for elsewhere. Of a crop, which lies in the picture as decoded, it makes what the
/// command line makes of
/// `-noautorotate -vf crop=W:H:X:Y:exact=1,TURN` (TURN as the matrix says), with one difference:
/// where a stream hides columns at its left, the crop counts from the first one that is shown.
/// Not the same: angles that are no quarter turns, which it turns and we do not.
/// Newer versions of the program do some of this in another way; ours stays as it is with all of
/// them. Since FFmpeg 7.0 it leaves out every hidden column at the left. Since 7.1 it makes 4:2:2
/// of 10 bits 4:4:4 of 10 bits, not of 16, before a quarter turn, and it refuses YCgCo.
class Thumbnailer {
 public:
  /// `stream`: for its display matrix, where a frame has none.
  Thumbnailer(FrameSize size, const AVStream& stream);

  /// `frame`: cropped as StreamDecoder::loosely_cropped() says, or FrameConverter::part() of a
  /// crop. `out`: rows of R G B R G B ..., 3 x width samples each. Errors: out_of_memory, corrupt
  /// (a format that swscale cannot read).
  base::Status Make(const AVFrame& frame, image::Plane<uint8_t>& out);

 private:
  /// One pass of swscale, kept while it is asked the same.
  class Pass {
   public:
    /// `from` as it will be given to Run().
    base::Status Prepare(const AVFrame& from, FrameSize to, AVPixelFormat to_format);
    base::Status Run(const AVFrame& from, uint8_t* const* data, const int* strides) const;
    AVColorRange to_range() const { return to_range_; }

   private:
    struct Question {
      FrameSize from = {};
      FrameSize to = {};
      AVPixelFormat from_format = AV_PIX_FMT_NONE;
      AVPixelFormat to_format = AV_PIX_FMT_NONE;
      AVColorRange range = AVCOL_RANGE_UNSPECIFIED;
      AVColorSpace space = AVCOL_SPC_UNSPECIFIED;
      friend bool operator==(const Question&, const Question&) = default;
    };
    base::Status Open(const Question& question);
    base::Status SetColours();

    AvSws context_;
    Question question_;
    AVColorRange to_range_ = AVCOL_RANGE_UNSPECIFIED;
  };

  DisplayTurn TurnFor(const AVFrame& frame) const;
  /// `frame` itself where nothing has to be done.
  base::Result<const AVFrame*> MakeUpright(const AVFrame& frame);

  FrameSize size_;
  const DisplayTurn stream_turn_;
  Pass to_transposable_;
  Pass to_small_;
  AvFrame transposable_;
  AvFrame upright_;
};

}  // namespace reelbatch::media
