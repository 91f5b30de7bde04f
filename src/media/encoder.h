#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "contracts/video.h"
#include "image/frame.h"
#include "media/av.h"
#include "media/muxer.h"
#include "media/picture_colours.h"

namespace reelbatch::media {

struct VideoEncoderSettings {
  std::string codec;
  int width = 0;
  int height = 0;
  AVRational time_base{1, 25};
  AVRational frame_rate{25, 1};  // for rate control and the container's header
  AVPixelFormat pixel_format = AV_PIX_FMT_YUV420P;
  PictureColours colours{.range = AVCOL_RANGE_MPEG, .matrix = AVCOL_SPC_SMPTE170M};
  AVFieldOrder field_order = AV_FIELD_UNKNOWN;  // AV_FIELD_TT or AV_FIELD_BB: coded in fields
  std::string x264_params = {};                 // beside ours, "cll=1000,400"
  contracts::Rational sar{1, 1};
  int crf = 20;
  int gop = 0;        // 0: the encoder's default
  int b_frames = -1;  // -1: the encoder's default
};

/// One thread and no version strings, so that the same frames give the same packets.
/// Errors: invalid_argument (no such encoder: names those there are; a size, rate or option it does
/// not take), out_of_memory.
base::Result<AvCodecContext> OpenVideoEncoder(const VideoEncoderSettings& settings, Muxer& muxer);

/// Sends one frame, or null for the end, and gives every packet that comes out to `sink`, timed in
/// the encoder's time base. Errors: the sink's, internal.
base::Status Encode(AVCodecContext& encoder, const AVFrame* frame, const Muxer& muxer,
                    const std::function<base::Status(AVPacket&)>& sink);

/// An empty picture or its error. `format` as in AVFrame.
base::Result<AvFrame> AllocatePicture(AVPixelFormat format, int width, int height);

/// Copies the planes of `view` as they are; the sizes agree.
void CopyPlanes(const image::FrameView& view, AVFrame& frame);

/// FFmpeg's planar format of these planes, at the range that `view` says.
AVPixelFormat PixelFormatOf(const image::FrameView& view);

}  // namespace reelbatch::media
