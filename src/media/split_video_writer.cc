#include "media/split_video_writer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

extern "C" {
#include <libavutil/mastering_display_metadata.h>
}

#include "fmt/format.h"
#include "media/encoder.h"
#include "media/ffmpeg_versions.h"
#include "media/planar_format.h"
#include "media/split_tracks.h"
#include "media/stream_info.h"

namespace reelbatch::media {
namespace {

constexpr int kCrf = 18;  // no loss that an eye sees

bool Encodes(const AVCodec& codec, AVPixelFormat format) {
  const auto taken = PixelFormatsOf(codec);
  return std::ranges::find(taken, format) != taken.end();
}

/// EncodableFormat(), or the nearest that the encoder here takes.
AVPixelFormat TargetFormat(AVPixelFormat source) {
  const AVPixelFormat wanted = EncodableFormat(source);
  const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
  if (codec == nullptr || Encodes(*codec, wanted)) return wanted;
  const bool high = av_pix_fmt_desc_get(wanted)->comp[0].depth > 8;
  return high && Encodes(*codec, AV_PIX_FMT_YUV420P10) ? AV_PIX_FMT_YUV420P10 : AV_PIX_FMT_YUV420P;
}

AVFieldOrder FieldsOf(const AVFrame& frame, const AVStream& stream) {
  switch (stream.codecpar->field_order) {
    case AV_FIELD_TT:
    case AV_FIELD_TB:
    case AV_FIELD_BB:
    case AV_FIELD_BT:
      // The frame knows better which field is shown first, where it is interlaced at all.
      if (IsInterlaced(frame)) return IsTopFieldFirst(frame) ? AV_FIELD_TT : AV_FIELD_BB;
      return stream.codecpar->field_order == AV_FIELD_TT ||
                     stream.codecpar->field_order == AV_FIELD_BT
                 ? AV_FIELD_TT
                 : AV_FIELD_BB;
    default:
      if (!IsInterlaced(frame)) return AV_FIELD_UNKNOWN;
      return IsTopFieldFirst(frame) ? AV_FIELD_TT : AV_FIELD_BB;
  }
}

/// RGB becomes Y'CbCr of BT.709, or of BT.2020 where its primaries are that.
AVColorSpace MatrixFor(const PictureColours& colours, AVPixelFormat format) {
  if (!IsRgb(format))
    return colours.matrix == AVCOL_SPC_RGB ? AVCOL_SPC_UNSPECIFIED : colours.matrix;
  return colours.primaries == AVCOL_PRI_BT2020 ? AVCOL_SPC_BT2020_NCL : AVCOL_SPC_BT709;
}

int64_t Units(AVRational value, int64_t per_one) {
  return value.den == 0 ? 0 : std::llround(av_q2d(value) * static_cast<double>(per_one));
}

/// x264's words for the HDR10 messages of the bitstream.
std::string HdrParams(const AVMasteringDisplayMetadata* display,
                      const AVContentLightMetadata* light) {
  std::string params;
  if (display != nullptr && display->has_primaries != 0 && display->has_luminance != 0) {
    const auto xy = [](const AVRational* point) {
      return fmt::format("({},{})", Units(point[0], 50000), Units(point[1], 50000));
    };
    // FFmpeg's order is R, G, B.
    params =
        fmt::format("mastering-display=G{}B{}R{}WP{}L({},{})", xy(display->display_primaries[1]),
                    xy(display->display_primaries[2]), xy(display->display_primaries[0]),
                    xy(display->white_point), Units(display->max_luminance, 10000),
                    Units(display->min_luminance, 10000));
  }
  if (light != nullptr && (light->MaxCLL > 0 || light->MaxFALL > 0))
    params += fmt::format("{}cll={},{}", params.empty() ? "" : ":", light->MaxCLL, light->MaxFALL);
  return params;
}

/// Side data of a frame, else of its stream; null: neither has it.
template <typename T>
const T* Find(const AVFrame& frame, AVFrameSideDataType of_frame, const AVStream& stream,
              AVPacketSideDataType of_stream) {
  if (const AVFrameSideData* data = av_frame_get_side_data(&frame, of_frame))
    return reinterpret_cast<const T*>(data->data);
  return reinterpret_cast<const T*>(StreamSideData(stream, of_stream));
}

template <typename T>
int Put(const T* data, AVStream& stream, AVPacketSideDataType type) {
  if (data == nullptr || StreamSideData(stream, type) != nullptr) return 0;
  uint8_t* copy = NewStreamSideData(stream, type, sizeof(T));
  if (copy == nullptr) return AVERROR(ENOMEM);
  std::memcpy(copy, data, sizeof(T));
  return 0;
}

}  // namespace

base::Status SplitVideoWriter::Open(const SourcePicture& first, Muxer& muxer) {
  muxer_ = &muxer;
  const AVFrame& frame = *first.frame;
  const AVPixFmtDescriptor* known = av_pix_fmt_desc_get(FormatOf(frame));
  if (known == nullptr)
    return muxer.Fail(AVERROR_INVALIDDATA, "the frames have no known pixel format");
  const AVPixelFormat format = TargetFormat(FormatOf(frame));
  const AVPixFmtDescriptor& layout = *av_pix_fmt_desc_get(format);
  const AVFieldOrder fields = FieldsOf(frame, *source_.stream);
  // H.264 leaves out what is not a whole number of chroma samples, in every field.
  const int rows = (fields == AV_FIELD_UNKNOWN ? 1 : 2) << layout.log2_chroma_h;
  const int width = frame.width >> layout.log2_chroma_w << layout.log2_chroma_w;
  const int height = frame.height / rows * rows;
  PictureColours colours = first.colours;
  const bool rgb = IsRgb(FormatOf(frame));
  const bool full = !rgb && IsFullRangePicture(colours, FormatOf(frame));
  colours.range = full ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
  colours.matrix = MatrixFor(colours, FormatOf(frame));
  converter_.emplace(PictureConverter::Target{.format = format,
                                              .width = width,
                                              .height = height,
                                              .matrix = colours.matrix,
                                              .full_range = full},
                     frame.width, frame.height);
  const contracts::VideoInfo& info = source_.info;
  const contracts::Rational rate = info.nominal_fps.num > 0 ? info.nominal_fps : info.avg_fps;
  const auto* display =
      Find<AVMasteringDisplayMetadata>(frame, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA,
                                       *source_.stream, AV_PKT_DATA_MASTERING_DISPLAY_METADATA);
  const auto* light = Find<AVContentLightMetadata>(
      frame, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL, *source_.stream, AV_PKT_DATA_CONTENT_LIGHT_LEVEL);
  auto encoder = OpenVideoEncoder(
      {.codec = "libx264",
       .width = width,
       .height = height,
       .time_base = source_.time_base,
       .frame_rate = rate.num > 0 ? ToAv(rate) : AVRational{25, 1},
       .pixel_format = format,
       .colours = colours,
       .field_order = fields,
       .x264_params = HdrParams(display, light),
       .sar = info.sar.num > 0 && info.sar.den > 0 ? info.sar : contracts::Rational{1, 1},
       .crf = kCrf},
      muxer);
  if (!encoder) return std::unexpected(encoder.error());
  encoder_ = std::move(*encoder);
  return AddStream(frame);
}

base::Status SplitVideoWriter::AddStream(const AVFrame& first) {
  auto stream = muxer_->AddStream(*encoder_);
  if (!stream) return std::unexpected(stream.error());
  stream_ = *stream;
  CopyTrackWords(*source_.stream, *stream_);
  int result = CopyStreamSideData(*source_.stream, *stream_, {AV_PKT_DATA_DOVI_CONF});
  if (result >= 0) {
    result = Put(
        Find<AVMasteringDisplayMetadata>(first, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA,
                                         *source_.stream, AV_PKT_DATA_MASTERING_DISPLAY_METADATA),
        *stream_, AV_PKT_DATA_MASTERING_DISPLAY_METADATA);
  }
  if (result >= 0) {
    result = Put(Find<AVContentLightMetadata>(first, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL,
                                              *source_.stream, AV_PKT_DATA_CONTENT_LIGHT_LEVEL),
                 *stream_, AV_PKT_DATA_CONTENT_LIGHT_LEVEL);
  }
  if (result < 0) return muxer_->Fail(result, "cannot add a stream");
  return {};
}

base::Status SplitVideoWriter::Add(const SourcePicture& picture) {
  const AVRational tick_s = source_.time_base;
  const int64_t tick = std::llround(picture.pts_s * tick_s.den / tick_s.num);
  if (!first_tick_) {
    first_tick_ = tick;
    first_pts_s_ = picture.pts_s;
  }
  // Two times in one tick happen only where the source's were derived; they still must ascend.
  const int64_t at = std::max(tick - *first_tick_, frames_ == 0 ? 0 : last_tick_ + 1);
  if (waiting_) {
    if (auto done = Flush(at - last_tick_); !done) return done;
  }
  auto frame = converter_->Convert(*picture.frame, picture.colours);
  if (!frame) return std::unexpected(frame.error());
  (*frame)->pts = at;
  const bool interlaced = IsInterlaced(*picture.frame);
  SetFields(**frame, interlaced,
            interlaced ? IsTopFieldFirst(*picture.frame) : encoder_->field_order == AV_FIELD_TT);
  // Closed captions travel inside the pictures.
  if (const AVFrameSideData* captions =
          av_frame_get_side_data(picture.frame, AV_FRAME_DATA_A53_CC)) {
    AVFrameSideData* copy =
        av_frame_new_side_data(frame->get(), AV_FRAME_DATA_A53_CC, captions->size);
    if (copy == nullptr) return muxer_->Fail(AVERROR(ENOMEM), "cannot encode a frame");
    std::memcpy(copy->data, captions->data, captions->size);
  }
  waiting_ = std::move(*frame);
  last_tick_ = at;
  ++frames_;
  return {};
}

base::Status SplitVideoWriter::Flush(int64_t duration) {
  last_duration_ = std::max<int64_t>(duration, 1);
  duration_[waiting_->pts] = last_duration_;
  const AvFrame frame = std::move(waiting_);
  return Send(frame.get());
}

base::Status SplitVideoWriter::Send(const AVFrame* frame) {
  return Encode(*encoder_, frame, *muxer_, [this](AVPacket& packet) {
    if (const auto known = duration_.find(packet.pts); known != duration_.end()) {
      packet.duration = known->second;
      duration_.erase(known);
    }
    return muxer_->WritePacket(packet, *stream_, encoder_->time_base);
  });
}

base::Status SplitVideoWriter::Finish(double end_s) {
  const int64_t end = std::llround(end_s * source_.time_base.den / source_.time_base.num);
  const int64_t rest = first_tick_ ? end - *first_tick_ - last_tick_ : 0;
  if (waiting_) {
    // A piece at the end of the source may not know when its last frame ends.
    if (auto done = Flush(rest > 0 ? rest : last_duration_); !done) return done;
  }
  return Send(nullptr);
}

std::vector<std::string> VideoLosses(const SourcePicture& picture, const VideoOfPieces& source) {
  std::vector<std::string> losses;
  const AVFrame& frame = *picture.frame;
  const AVPixFmtDescriptor* from = av_pix_fmt_desc_get(FormatOf(frame));
  if (from == nullptr) return losses;
  const AVPixFmtDescriptor& to = *av_pix_fmt_desc_get(TargetFormat(FormatOf(frame)));
  if (source.info.alpha)
    losses.emplace_back(
        "the files do not contain the transparency (alpha), which H.264 does not support");
  if (from->comp[0].depth > to.comp[0].depth) {
    losses.push_back(
        fmt::format("the files have {} bits per sample instead of {}, the most that this H.264 "
                    "encoder supports; --split-copy keeps all bits",
                    to.comp[0].depth, from->comp[0].depth));
  }
  if (StreamSideData(*source.stream, AV_PKT_DATA_DOVI_CONF) != nullptr ||
      av_frame_get_side_data(&frame, AV_FRAME_DATA_DOVI_METADATA) != nullptr) {
    losses.emplace_back(
        "the files contain the base picture without the metadata of Dolby Vision; --split-copy "
        "keeps both");
  }
  if (av_frame_get_side_data(&frame, AV_FRAME_DATA_DYNAMIC_HDR_PLUS) != nullptr)
    losses.emplace_back(
        "the files contain HDR10 without the metadata of HDR10+; --split-copy keeps both");
  return losses;
}

}  // namespace reelbatch::media
