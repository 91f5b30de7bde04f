#include "media/thumbnailer.h"

#include <array>
#include <string>
#include <utility>

#include "media/display_turn.h"
#include "media/ffmpeg_versions.h"
#include "media/planar_format.h"

extern "C" {
#include <libavutil/opt.h>
}

namespace reelbatch::media {
namespace {

DisplayTurn TurnOfMatrix(const uint8_t* matrix) {
  return matrix == nullptr ? DisplayTurn{} : TurnOf(reinterpret_cast<const int32_t*>(matrix));
}

/// What the command line makes of a format that cannot be transposed: of those that can, the one
/// that loses least.
AVPixelFormat TransposableFormat(AVPixelFormat format) {
  const AVPixFmtDescriptor& descriptor = *av_pix_fmt_desc_get(format);
  if ((descriptor.flags & AV_PIX_FMT_FLAG_PAL) != 0) return AV_PIX_FMT_RGB24;
  if (descriptor.nb_components < 3) return AV_PIX_FMT_GRAY8;
  if (descriptor.comp[0].depth > 8) return AV_PIX_FMT_YUV444P16;
  const bool full = format == AV_PIX_FMT_YUVJ422P || format == AV_PIX_FMT_YUVJ440P ||
                    format == AV_PIX_FMT_YUVJ411P;
  return full ? AV_PIX_FMT_YUVJ444P : AV_PIX_FMT_YUV444P;
}

/// BT.601 where a frame says nothing, or names a matrix that swscale has no table for.
const int* MatrixOf(AVColorSpace space) {
  const bool known =
      space >= AVCOL_SPC_BT709 && space <= AVCOL_SPC_BT2020_CL && space != AVCOL_SPC_YCGCO;
  return sws_getCoefficients(known ? space : AVCOL_SPC_BT470BG);
}

/// Memory for such frames, kept from one to the next.
base::Status Allocate(AvFrame& frame, FrameSize size, AVPixelFormat format) {
  if (frame != nullptr && frame->width == size.width && frame->height == size.height &&
      FormatOf(*frame) == format)
    return {};
  frame.reset(av_frame_alloc());
  if (frame == nullptr)
    return base::Fail(base::Code::kOutOfMemory, "there is not enough memory to rotate a picture");
  frame->width = size.width;
  frame->height = size.height;
  frame->format = format;
  if (av_frame_get_buffer(frame.get(), 0) >= 0) return {};
  frame.reset();
  return base::Fail(base::Code::kOutOfMemory, "there is not enough memory to rotate a picture");
}

}  // namespace

Thumbnailer::Thumbnailer(FrameSize size, const AVStream& stream)
    : size_(size), stream_turn_(TurnOfMatrix(StreamSideData(stream, AV_PKT_DATA_DISPLAYMATRIX))) {}

DisplayTurn Thumbnailer::TurnFor(const AVFrame& frame) const {
  const AVFrameSideData* const own = av_frame_get_side_data(&frame, AV_FRAME_DATA_DISPLAYMATRIX);
  return own == nullptr ? stream_turn_ : TurnOfMatrix(own->data);
}

base::Status Thumbnailer::Pass::Prepare(const AVFrame& from, FrameSize to,
                                        AVPixelFormat to_format) {
  const Question question{.from = {from.width, from.height},
                          .to = to,
                          .from_format = FormatOf(from),
                          .to_format = to_format,
                          .range = from.color_range,
                          .space = from.colorspace};
  if (context_ != nullptr && question == question_) return {};
  const base::Status opened = Open(question);
  if (!opened) context_.reset();
  return opened;
}

base::Status Thumbnailer::Pass::Open(const Question& question) {
  question_ = question;
  context_.reset(sws_alloc_context());
  if (context_ == nullptr)
    return base::Fail(base::Code::kOutOfMemory, "there is not enough memory for the scaler");
  const auto set = [this](const char* name, int value) {
    av_opt_set_int(context_.get(), name, value, 0);
  };
  set("srcw", question.from.width);
  set("srch", question.from.height);
  set("src_format", question.from_format);
  set("dstw", question.to.width);
  set("dsth", question.to.height);
  set("dst_format", question.to_format);
  set("sws_flags", SWS_BICUBIC);
  // The scale filter's convention, for this one format alone: MPEG-2's place of chroma, halfway
  // between two rows.
  constexpr int kHalfARow = 128;
  if (question.from_format == AV_PIX_FMT_YUV420P) set("src_v_chr_pos", kHalfARow);
  const int result = sws_init_context(context_.get(), nullptr, nullptr);
  if (result >= 0) return SetColours();
  return base::Fail(AvErrorCode(result),
                    "frames of pixel format " +
                        std::string(av_get_pix_fmt_name(question.from_format)) +
                        " cannot be scaled: " + AvErrorText(result));
}

base::Status Thumbnailer::Pass::SetColours() {
  int* ignored = nullptr;
  int from_full = 0;
  int to_full = 0;
  int brightness = 0;
  int contrast = 0;
  int saturation = 0;
  if (sws_getColorspaceDetails(context_.get(), &ignored, &from_full, &ignored, &to_full,
                               &brightness, &contrast, &saturation) < 0) {
    return {};  // as the filter: such formats have no colours to set
  }
  if (question_.range != AVCOL_RANGE_UNSPECIFIED)
    from_full = question_.range == AVCOL_RANGE_JPEG ? 1 : 0;
  const int* matrix = MatrixOf(question_.space);
  sws_setColorspaceDetails(context_.get(), matrix, from_full, matrix, to_full, brightness, contrast,
                           saturation);
  to_range_ = to_full != 0 ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
  return {};
}

base::Status Thumbnailer::Pass::Run(const AVFrame& from, uint8_t* const* data,
                                    const int* strides) const {
  const int rows =
      sws_scale(context_.get(), from.data, from.linesize, 0, from.height, data, strides);
  if (rows >= 0) return {};
  return base::Fail(AvErrorCode(rows), "scaling failed: " + AvErrorText(rows));
}

base::Status Thumbnailer::Make(const AVFrame& frame, image::Plane<uint8_t>& out) {
  const auto upright = MakeUpright(frame);
  if (!upright) return std::unexpected(upright.error());
  if (auto ready = to_small_.Prepare(**upright, size_, AV_PIX_FMT_RGB24); !ready) return ready;
  constexpr int kSamples = 3;
  out.Reset(kSamples * size_.width, size_.height);
  const std::array<uint8_t*, 4> data = {out.row(0)};
  const std::array<int, 4> strides = {static_cast<int>(out.stride())};
  return to_small_.Run(**upright, data.data(), strides.data());
}

base::Result<const AVFrame*> Thumbnailer::MakeUpright(const AVFrame& frame) {
  const DisplayTurn turn = TurnFor(frame);
  if (!turn.needed()) return &frame;
  const AVFrame* from = &frame;
  if (turn.transpose && !CanTranspose(FormatOf(frame))) {
    const FrameSize size{frame.width, frame.height};
    const AVPixelFormat format = TransposableFormat(FormatOf(frame));
    if (auto ready = to_transposable_.Prepare(frame, size, format); !ready)
      return std::unexpected(ready.error());
    if (auto made = Allocate(transposable_, size, format); !made)
      return std::unexpected(made.error());
    const auto run = to_transposable_.Run(frame, transposable_->data, transposable_->linesize);
    if (!run) return std::unexpected(run.error());
    transposable_->color_range = to_transposable_.to_range();
    transposable_->colorspace = frame.colorspace;
    from = transposable_.get();
  }
  const FrameSize size =
      turn.transpose ? FrameSize{from->height, from->width} : FrameSize{from->width, from->height};
  if (auto made = Allocate(upright_, size, FormatOf(*from)); !made)
    return std::unexpected(made.error());
  Turn(*from, turn, *upright_);
  upright_->color_range = from->color_range;
  upright_->colorspace = from->colorspace;
  return upright_.get();
}

}  // namespace reelbatch::media
