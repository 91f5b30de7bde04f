#include "media/piece_metadata.h"

#include <algorithm>
#include <array>
#include <string_view>

extern "C" {
#include <libavutil/timecode.h>
}

namespace reelbatch::media {
namespace {

// What a muxer writes of its own file, and what is true of the whole source alone.
constexpr std::array<std::string_view, 9> kOfTheFile = {
    "encoder",  "major_brand", "minor_version", "compatible_brands", "timecode",
    "DURATION", "duration",    "ENCODER",       "creation_time"};

}  // namespace

void DescribePiece(const AVFormatContext& source, const contracts::VideoInfo& info,
                   contracts::FrameIndex first_frame, AVStream& video, AVFormatContext& piece) {
  const AVDictionaryEntry* entry = nullptr;
  while ((entry = av_dict_get(source.metadata, "", entry, AV_DICT_IGNORE_SUFFIX)) != nullptr) {
    if (std::ranges::find(kOfTheFile, std::string_view(entry->key)) == kOfTheFile.end())
      av_dict_set(&piece.metadata, entry->key, entry->value, 0);
  }
  if (!info.timecode) return;
  const contracts::Rational rate = info.timecode->rate.num > 0 ? info.timecode->rate : info.avg_fps;
  AVTimecode timecode;
  if (av_timecode_init_from_string(&timecode, ToAv(rate), info.timecode->text.c_str(), nullptr) < 0)
    return;
  // The muxer counts at the stream's rate. Pieces of a few frames may have another one.
  video.avg_frame_rate = ToAv(rate);
  std::array<char, AV_TIMECODE_STR_SIZE> text{};
  av_timecode_make_string(&timecode, text.data(), static_cast<int>(first_frame));
  av_dict_set(&piece.metadata, "timecode", text.data(), 0);
}

}  // namespace reelbatch::media
