#pragma once

// Only src/media includes this: FFmpeg's objects behind owners, and its error codes behind one
// function.

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/dict.h>
#include <libavutil/frame.h>
#include <libavutil/pixdesc.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
}

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "contracts/video.h"

namespace reelbatch::media {

namespace av_internal {
struct CloseInput {
  void operator()(AVFormatContext* p) const { avformat_close_input(&p); }
};
struct CloseOutput {
  void operator()(AVFormatContext* p) const {
    if (p->pb != nullptr && (p->oformat->flags & AVFMT_NOFILE) == 0) avio_closep(&p->pb);
    avformat_free_context(p);
  }
};
struct FreeCodecContext {
  void operator()(AVCodecContext* p) const { avcodec_free_context(&p); }
};
struct FreeParameters {
  void operator()(AVCodecParameters* p) const { avcodec_parameters_free(&p); }
};
struct FreeFrame {
  void operator()(AVFrame* p) const { av_frame_free(&p); }
};
struct FreePacket {
  void operator()(AVPacket* p) const { av_packet_free(&p); }
};
struct FreeSws {
  void operator()(SwsContext* p) const { sws_freeContext(p); }
};
struct FreeSwr {
  void operator()(SwrContext* p) const { swr_free(&p); }
};
struct FreeIo {
  // For contexts made by avio_alloc_context(); the buffer may have been replaced by FFmpeg.
  void operator()(AVIOContext* p) const {
    av_free(p->buffer);
    avio_context_free(&p);
  }
};
}  // namespace av_internal

/// Opened by avformat_open_input(); a custom AVIOContext must outlive it.
using AvInput = std::unique_ptr<AVFormatContext, av_internal::CloseInput>;
/// Allocated by avformat_alloc_output_context2(); closes its own file. Does not write the trailer.
using AvOutput = std::unique_ptr<AVFormatContext, av_internal::CloseOutput>;
using AvCodecContext = std::unique_ptr<AVCodecContext, av_internal::FreeCodecContext>;
using AvCodecParameters = std::unique_ptr<AVCodecParameters, av_internal::FreeParameters>;
using AvFrame = std::unique_ptr<AVFrame, av_internal::FreeFrame>;
using AvPacket = std::unique_ptr<AVPacket, av_internal::FreePacket>;
using AvSws = std::unique_ptr<SwsContext, av_internal::FreeSws>;
using AvSwr = std::unique_ptr<SwrContext, av_internal::FreeSwr>;
using AvIo = std::unique_ptr<AVIOContext, av_internal::FreeIo>;

/// Owns an AVDictionary. FFmpeg takes it by AVDictionary** and leaves in it what it did not use.
class AvDictionary {
 public:
  AvDictionary() = default;
  ~AvDictionary() { av_dict_free(&dict_); }
  AvDictionary(const AvDictionary&) = delete;
  AvDictionary& operator=(const AvDictionary&) = delete;

  void Set(const char* key, const std::string& value) {
    av_dict_set(&dict_, key, value.c_str(), 0);
  }
  AVDictionary** address() { return &dict_; }

 private:
  AVDictionary* dict_ = nullptr;
};

/// FFmpeg's words for an AVERROR, e.g. "Invalid data found when processing input".
std::string AvErrorText(int averror);

/// The one place where an AVERROR becomes a code: ENOMEM out_of_memory, EXIT cancelled, the
/// system's errors io, a missing encoder or muxer or a wrong option invalid_argument, all that
/// speak of the data corrupt, bugs internal.
base::Code AvErrorCode(int averror);

/// An error of `averror` about `path`: "what: FFmpeg's words", and `detail` (FFmpeg's log line)
/// where there is one.
std::unexpected<base::Error> AvFail(int averror, std::string_view what,
                                    const std::filesystem::path& path,
                                    std::string_view detail = {});

inline contracts::Rational FromAv(AVRational r) { return {r.num, r.den == 0 ? 1 : r.den}; }
inline AVRational ToAv(contracts::Rational r) {
  return {static_cast<int>(r.num), static_cast<int>(r.den)};
}

/// Seconds of `ticks` of a time base; correctly rounded below 2^53.
inline double TicksToSeconds(int64_t ticks, AVRational time_base) {
  return static_cast<double>(ticks) * time_base.num / time_base.den;
}

}  // namespace reelbatch::media
