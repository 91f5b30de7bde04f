#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reelbatch::media {

/// What we make of a file that FFmpeg recognises as demuxer `name`.
enum class FormatVerdict : uint8_t {
  kContainer,   // opened; whether it holds video is seen then
  kStillImage,  // one picture: not a video
  kRefused,  // scripts, playlists, text, raw guesses: would open other files or turn anything into
             // "video"
};

/// `name` is AVInputFormat::name. Only what is listed as a container is ever opened, so a new
/// FFmpeg adds nothing by itself.
FormatVerdict JudgeFormat(std::string_view name);

/// Reason and remedy for a person, e.g. "is a still image (png), not a video".
std::string FormatRefusal(std::string_view name);

}  // namespace reelbatch::media
