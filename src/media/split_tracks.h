#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "media/av.h"
#include "media/split.h"

namespace reelbatch::media {

/// What becomes of a track beside the video.
enum class TrackWay : uint8_t {
  kCopied,  // packets as they are
  kSound,   // encoded anew, exact to the sample
  kText,    // subtitles converted to `codec`
};

struct SplitTrack {
  int stream = 0;  // index in the source
  AVMediaType type = AVMEDIA_TYPE_UNKNOWN;
  TrackWay way = TrackWay::kCopied;
  AVCodecID codec = AV_CODEC_ID_NONE;  // in the pieces
};

struct TrackQuestion {
  const AVFormatContext* source = nullptr;
  const AVStream* video = nullptr;  // that is split
  const AVOutputFormat* output = nullptr;
  std::string extension;      // of the pieces, ".mp4"
  bool encode_sound = false;  // else everything is copied where the container takes it
};

/// The tracks that pieces keep, in the order of the source; what they leave out goes to `log`, with
/// the remedy.
///
/// Of a broadcast with several programs only the video's own is looked at.
std::vector<SplitTrack> PlanTracks(const TrackQuestion& question, SplitLog& log);

/// "subtitle track 3 (hdmv_pgs_subtitle, eng)"
std::string TrackName(const AVStream& stream);

/// Whether a container holds a codec; a container that does not say is taken to hold it.
bool Holds(const AVOutputFormat& format, AVCodecID codec);

/// Gives `to` what people know a track by: language, title, handler and dispositions.
void CopyTrackWords(const AVStream& from, AVStream& to);

/// Side data that describes a whole stream: orientation, HDR, spherical and stereoscopic video.
/// `but`: types to leave out. Errors: AVERROR(ENOMEM).
int CopyStreamSideData(const AVStream& from, AVStream& to,
                       std::initializer_list<AVPacketSideDataType> but = {});

}  // namespace reelbatch::media
