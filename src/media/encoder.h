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

/// Opens an encoder with one thread and without version strings, so that the same frames give the
/// same packets.
/// Errors: invalid_argument (there is no such encoder, and the message names those that there are;
/// or it does not accept the size, the rate or an option), out_of_memory.
base::Result<AvCodecContext> OpenVideoEncoder(const VideoEncoderSettings& settings, Muxer& muxer);

/// Sends one frame to the encoder, or null for the end, and calls `sink` with every packet that
/// comes out. The times of packets are in the time base of the encoder. Errors: those of `sink`,
/// internal.
base::Status Encode(AVCodecContext& encoder, const AVFrame* frame, const Muxer& muxer,
                    const std::function<base::Status(AVPacket&)>& sink);

/// Allocates a picture. Its samples are not set. Errors: out_of_memory.
base::Result<AvFrame> AllocatePicture(AVPixelFormat format, int width, int height);

/// Copies the planes of `view` without a change. `frame` must have the same size.
void CopyPlanes(const image::FrameView& view, AVFrame& frame);

/// The planar format that FFmpeg has for the planes of `view`, in the range of `view`.
AVPixelFormat PixelFormatOf(const image::FrameView& view);

}  // namespace reelbatch::media
