#include "media/stream_info.h"

#include <cmath>
#include <optional>
#include <string_view>

#include "media/decode_memory.h"
#include "media/ffmpeg_versions.h"
#include "media/source_timecode.h"
#include "media/stream_end.h"

extern "C" {
#include <libavutil/display.h>
}

namespace reelbatch::media {
namespace {

/// From 720 lines up video is BT.709, below it BT.601: what players assume where nothing is said.
constexpr int kHdLines = 720;

int ClockwiseTurn(const AVStream& stream) {
  const uint8_t* data = StreamSideData(stream, AV_PKT_DATA_DISPLAYMATRIX);
  if (data == nullptr) return 0;
  // FFmpeg gives the counterclockwise angle, NaN for a degenerate matrix.
  const double angle = -av_display_rotation_get(reinterpret_cast<const int32_t*>(data));
  if (!std::isfinite(angle)) return 0;
  const int quarters = static_cast<int>(std::lround(angle / 90.0));
  return ((quarters % 4) + 4) % 4 * 90;
}

/// By the container's count, else by its length (Note [Lying headers] in stream_end.cc): a count
/// above what the file's bytes can hold is no count.
std::optional<int64_t> FramesExpected(const AVStream& stream, std::optional<double> duration_s,
                                      int64_t file_bytes) {
  if (stream.nb_frames >= 1 && stream.nb_frames <= file_bytes) return stream.nb_frames;
  const AVRational rate =
      stream.avg_frame_rate.num > 0 ? stream.avg_frame_rate : stream.r_frame_rate;
  if (!duration_s.has_value() || rate.num <= 0 || rate.den <= 0) return std::nullopt;
  // A frame that repeats the one before takes some bytes too, with what the container adds.
  constexpr double kFewestBytes = 8;
  const double frames = std::round(*duration_s * av_q2d(rate));
  if (frames < 1 || frames * kFewestBytes > static_cast<double>(file_bytes)) return std::nullopt;
  return static_cast<int64_t>(frames);
}

bool HasAlpha(const AVStream& stream, const AVPixFmtDescriptor* format) {
  // FFmpeg calls every palette transparent; VP8 and VP9 keep alpha beside the stream.
  const AVDictionaryEntry* mode = av_dict_get(stream.metadata, "alpha_mode", nullptr, 0);
  if (mode != nullptr && std::string_view(mode->value) == "1") return true;
  return format != nullptr && (format->flags & AV_PIX_FMT_FLAG_ALPHA) != 0 &&
         (format->flags & AV_PIX_FMT_FLAG_PAL) == 0;
}

/// When the first sample of a sound stream is heard, or the first frame of a video stream is shown.
std::optional<double> StartOf(const AVStream& stream) {
  if (stream.start_time == AV_NOPTS_VALUE) return std::nullopt;
  const double start_s = TicksToSeconds(stream.start_time, stream.time_base);
  if (stream.codecpar->codec_type != AVMEDIA_TYPE_AUDIO || start_s >= 0) return start_s;
  // Sound that stands a little before 0 is what its codec needs to get going. It is not heard.
  constexpr double kMostPrimingS = 0.2;
  return start_s > -kMostPrimingS ? 0 : start_s;
}

}  // namespace

bool IsVideo(const AVStream& stream) {
  constexpr int kPicture = AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS;
  return stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO && (stream.disposition & kPicture) == 0;
}

double PlayerStart(const AVFormatContext& format, const AVStream& stream, double start_s) {
  for (unsigned i = 0; i < format.nb_streams; ++i) {
    const AVStream& other = *format.streams[i];
    if (&other == &stream) continue;
    if (!IsVideo(other) && other.codecpar->codec_type != AVMEDIA_TYPE_AUDIO) continue;
    start_s = std::min(start_s, StartOf(other).value_or(start_s));
  }
  return start_s;
}

SoundChoice ChooseSound(AVFormatContext& format, int video, std::optional<int> wanted) {
  SoundChoice choice;
  const auto find = [&](const AVCodec** codec) {
    return av_find_best_stream(&format, AVMEDIA_TYPE_AUDIO, wanted.value_or(-1), video, codec, 0);
  };
  choice.stream = find(&choice.codec);
  if (choice.stream == AVERROR_STREAM_NOT_FOUND) return {};
  if (choice.stream < 0 || choice.codec == nullptr) {
    choice = {.stream = find(nullptr)};
    if (choice.stream < 0) return {};
  }
  choice.codec_id = format.streams[choice.stream]->codecpar->codec_id;
  return choice;
}

bool IsBt709(AVColorSpace space, int height) {
  switch (space) {
    case AVCOL_SPC_UNSPECIFIED:
    case AVCOL_SPC_RESERVED:
      return height >= kHdLines;
    case AVCOL_SPC_RGB:  // converted by us, to BT.601
    case AVCOL_SPC_FCC:
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M:
      return false;
    default:
      return true;
  }
}

bool IsFullRange(AVColorRange range, AVPixelFormat format) {
  if (range == AVCOL_RANGE_JPEG) return true;
  if (range == AVCOL_RANGE_MPEG) return false;
  const AVPixFmtDescriptor* descriptor = av_pix_fmt_desc_get(format);
  return IsRgb(format) ||
         (descriptor != nullptr && std::string_view(descriptor->name).starts_with("yuvj"));
}

bool IsRgb(AVPixelFormat format) {
  const AVPixFmtDescriptor* descriptor = av_pix_fmt_desc_get(format);
  return descriptor != nullptr &&
         (descriptor->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) != 0;
}

contracts::VideoInfo DescribeStream(const AVFormatContext& format, const AVStream& stream,
                                    int64_t file_bytes) {
  const AVCodecParameters& parameters = *stream.codecpar;
  const auto pixel_format = static_cast<AVPixelFormat>(parameters.format);
  const AVPixFmtDescriptor* descriptor = av_pix_fmt_desc_get(pixel_format);
  const bool rgb = IsRgb(pixel_format);

  contracts::VideoInfo info;
  info.container = format.iformat->name;
  info.codec = avcodec_get_name(parameters.codec_id);
  info.pixel_format = descriptor == nullptr ? "unknown" : descriptor->name;
  info.stream_index = stream.index;
  info.width = parameters.width;
  info.height = parameters.height;
  const AVRational sar = av_guess_sample_aspect_ratio(const_cast<AVFormatContext*>(&format),
                                                      const_cast<AVStream*>(&stream), nullptr);
  if (sar.num > 0 && sar.den > 0) info.sar = FromAv(sar);
  info.rotation_deg = ClockwiseTurn(stream);
  info.avg_fps = FromAv(stream.avg_frame_rate);
  info.nominal_fps = FromAv(stream.r_frame_rate);
  if (stream.start_time != AV_NOPTS_VALUE) {
    info.start_time_s = TicksToSeconds(stream.start_time, stream.time_base);
  }
  info.player_start_s = PlayerStart(format, stream, info.start_time_s);
  info.timecode = ContainerTimecode(format, stream);
  info.duration_s = LikelySeconds(format, stream, info.start_time_s, file_bytes);
  info.frames_expected = FramesExpected(stream, info.duration_s, file_bytes);
  info.file_bytes = file_bytes;
  if (parameters.bit_rate > 0 && info.duration_s) {
    constexpr double kBitsPerByte = 8;
    info.stream_bytes =
        std::min(file_bytes, static_cast<int64_t>(static_cast<double>(parameters.bit_rate) /
                                                  kBitsPerByte * *info.duration_s));
  }
  if (const char* profile = avcodec_profile_name(parameters.codec_id, parameters.profile))
    info.profile = profile;
  info.reorders = parameters.video_delay > 0;
  if (descriptor != nullptr) info.bit_depth = descriptor->comp[0].depth;
  info.full_range = rgb || IsFullRange(parameters.color_range, pixel_format);
  info.bt709 = !rgb && IsBt709(parameters.color_space, info.height);
  info.alpha = HasAlpha(stream, descriptor);
  info.interlaced =
      parameters.field_order != AV_FIELD_UNKNOWN && parameters.field_order != AV_FIELD_PROGRESSIVE;
  info.has_audio = av_find_best_stream(const_cast<AVFormatContext*>(&format), AVMEDIA_TYPE_AUDIO,
                                       -1, stream.index, nullptr, 0) >= 0;
  info.reference_frames =
      ReferenceFrames(parameters.codec_id, parameters.level, info.width, info.height);
  return info;
}

}  // namespace reelbatch::media
