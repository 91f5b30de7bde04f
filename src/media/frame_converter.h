#pragma once

#include <array>
#include <cstdint>

#include "base/result.h"
#include "image/frame.h"
#include "image/plane.h"
#include "media/av.h"
#include "media/frame_crop.h"
#include "media/frame_sampler.h"

namespace reelbatch::media {

/// How the samples of a frame are to be read; RGB sources come out as full-range BT.601 whatever
/// this says.
struct SampleMeaning {
  bool full_range = false;
  bool bt709 = false;
  friend bool operator==(const SampleMeaning&, const SampleMeaning&) = default;
};

/// Y, Cb, Cr.
using FramePlanes = std::array<image::Plane<uint8_t>, 3>;

/// Turns decoded frames, or the part of them that Sampling::crop names, into 8-bit planar Y'CbCr of
/// one geometry: that of the first frame, or the analysis size.
///
/// 8-bit planar frames of the right size are passed through, planes of 9 to 16 bits are rounded,
/// all else goes through swscale (bit-exact, area filter). Alpha is dropped, not blended. Memory is
/// allocated once per geometry. Threads: one caller at a time.
class FrameConverter {
 public:
  explicit FrameConverter(const contracts::Sampling& sampling)
      : sampling_(sampling), crop_(sampling.crop) {}

  /// The view lives as long as `frame` keeps its samples and `planes` are not used again, which
  /// hold what cannot be passed through. Errors: out_of_memory, corrupt (a pixel format swscale
  /// cannot read), invalid_argument (the crop does not lie within the first frame).
  base::Result<image::FrameView> Convert(const AVFrame& frame, SampleMeaning meaning,
                                         FramePlanes& planes);

  /// What Convert() took of its last frame: the frame itself, or a frame of the crop alone that
  /// shares its samples. It lives as long as the frame, and until the next Convert().
  const AVFrame& part() const { return *part_; }

  bool crops() const { return sampling_.crop.has_value(); }

  /// Tells of a frame that is left out, so that the first frame of the file sets the geometry.
  void NoteSkipped(const AVFrame& frame) {
    const bool known = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format)) != nullptr;
    if (target_format_ == AV_PIX_FMT_NONE && known) Begin(frame);
  }

  /// Whether `frame` differs in size from the first one.
  bool SizeChanged(const AVFrame& frame) const {
    return first_.width > 0 && FrameSize{frame.width, frame.height} != first_;
  }

 private:
  struct ScaleKey {
    FrameSize size;
    AVPixelFormat format = AV_PIX_FMT_NONE;
    SampleMeaning meaning;
    friend bool operator==(const ScaleKey&, const ScaleKey&) = default;
  };

  void Begin(const AVFrame& frame);
  base::Result<image::FrameView> ConvertPart(SampleMeaning meaning, FramePlanes& planes);
  image::FrameView PassThrough(const AVFrame& frame) const;
  image::FrameView Round(const AVFrame& frame, FramePlanes& planes) const;
  base::Result<image::FrameView> Scale(const AVFrame& frame, SampleMeaning meaning,
                                       FramePlanes& planes);
  base::Status PrepareScaler(const ScaleKey& key);
  void ResetPlanes(FramePlanes& planes) const;
  image::FrameView ViewOf(const FramePlanes& planes) const;

  contracts::Sampling sampling_;
  FrameCrop crop_;
  const AVFrame* part_ = nullptr;
  FrameSize first_;
  FrameSize target_;
  AVPixelFormat target_format_ = AV_PIX_FMT_NONE;
  AvSws sws_;
  ScaleKey sws_key_;
};

/// Samples of `depth` bits to 8, half up: 10 bits: (v + 2) >> 2, at most 255. Public for its test.
void RoundTo8Bits(image::ImageView<uint16_t> from, int depth, image::Plane<uint8_t>& to);

}  // namespace reelbatch::media
