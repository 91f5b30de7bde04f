#pragma once

// What FFmpeg 5.1 to 8 have under different names. No other file asks for FFmpeg's version.
// LIBAVCODEC_VERSION_MAJOR is 59 in FFmpeg 5, 60 in 6, 61 in 7 and 62 in 8.

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavcodec/packet.h>
#include <libavformat/avformat.h>
#include <libavutil/frame.h>
}

#include <cstddef>
#include <cstdint>
#include <span>

namespace reelbatch::media {

// Since FFmpeg 6.1 these are bits of AVFrame::flags. Until 7.1 they were fields, too.
#ifdef AV_FRAME_FLAG_INTERLACED
inline bool IsKeyFrame(const AVFrame& frame) { return (frame.flags & AV_FRAME_FLAG_KEY) != 0; }
inline bool IsInterlaced(const AVFrame& frame) {
  return (frame.flags & AV_FRAME_FLAG_INTERLACED) != 0;
}
inline bool IsTopFieldFirst(const AVFrame& frame) {
  return (frame.flags & AV_FRAME_FLAG_TOP_FIELD_FIRST) != 0;
}
inline void SetFields(AVFrame& frame, bool interlaced, bool top_field_first) {
  frame.flags &= ~(AV_FRAME_FLAG_INTERLACED | AV_FRAME_FLAG_TOP_FIELD_FIRST);
  if (interlaced) frame.flags |= AV_FRAME_FLAG_INTERLACED;
  if (top_field_first) frame.flags |= AV_FRAME_FLAG_TOP_FIELD_FIRST;
}
#else
inline bool IsKeyFrame(const AVFrame& frame) { return frame.key_frame != 0; }
inline bool IsInterlaced(const AVFrame& frame) { return frame.interlaced_frame != 0; }
inline bool IsTopFieldFirst(const AVFrame& frame) { return frame.top_field_first != 0; }
inline void SetFields(AVFrame& frame, bool interlaced, bool top_field_first) {
  frame.interlaced_frame = interlaced ? 1 : 0;
  frame.top_field_first = top_field_first ? 1 : 0;
}
#endif

/// How long the frame is shown, in ticks of its time base; 0: unknown.
inline int64_t DurationOf(const AVFrame& frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)  // FFmpeg 6.0
  return frame.duration;
#else
  return frame.pkt_duration;
#endif
}

// What a container says beside a stream. Since FFmpeg 6.1 it is kept with the codec's parameters.
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 100)
/// The data, owned by the stream, and their size where `bytes` is given. nullptr: there are none.
inline const uint8_t* StreamSideData(const AVStream& stream, AVPacketSideDataType type,
                                     size_t* bytes = nullptr) {
  const AVPacketSideData* found = av_packet_side_data_get(
      stream.codecpar->coded_side_data, stream.codecpar->nb_coded_side_data, type);
  if (bytes != nullptr) *bytes = found == nullptr ? 0 : found->size;
  return found == nullptr ? nullptr : found->data;
}
/// Space for `bytes` bytes, owned by the stream. nullptr: no memory.
inline uint8_t* NewStreamSideData(AVStream& stream, AVPacketSideDataType type, size_t bytes) {
  AVPacketSideData* made = av_packet_side_data_new(
      &stream.codecpar->coded_side_data, &stream.codecpar->nb_coded_side_data, type, bytes, 0);
  return made == nullptr ? nullptr : made->data;
}
#else
inline const uint8_t* StreamSideData(const AVStream& stream, AVPacketSideDataType type,
                                     size_t* bytes = nullptr) {
  return av_stream_get_side_data(&stream, type, bytes);
}
inline uint8_t* NewStreamSideData(AVStream& stream, AVPacketSideDataType type, size_t bytes) {
  return av_stream_new_side_data(&stream, type, bytes);
}
#endif

/// The pixel formats that an encoder takes; none: it does not say.
inline std::span<const AVPixelFormat> PixelFormatsOf(const AVCodec& codec) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(61, 13, 100)  // FFmpeg 7.1
  const void* formats = nullptr;
  int count = 0;
  const int known = avcodec_get_supported_config(nullptr, &codec, AV_CODEC_CONFIG_PIX_FORMAT, 0,
                                                 &formats, &count);
  if (known < 0 || formats == nullptr) return {};
  return {static_cast<const AVPixelFormat*>(formats), static_cast<size_t>(count)};
#else
  if (codec.pix_fmts == nullptr) return {};
  size_t count = 0;
  while (codec.pix_fmts[count] != AV_PIX_FMT_NONE) ++count;
  return {codec.pix_fmts, count};
#endif
}

/// What avio_alloc_context() hands to a function that writes: constant since FFmpeg 7.0.
#if LIBAVFORMAT_VERSION_MAJOR >= 61
using WrittenByte = const uint8_t;
#else
using WrittenByte = uint8_t;
#endif

/// Says that the callbacks of `codec` may be called from any thread. Since FFmpeg 6.0 all may.
inline void AllowCallsFromAnyThread([[maybe_unused]] AVCodecContext& codec) {
#if LIBAVCODEC_VERSION_MAJOR < 60
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  codec.thread_safe_callbacks = 1;
#pragma GCC diagnostic pop
#endif
}

}  // namespace reelbatch::media
