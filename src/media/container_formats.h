#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reelbatch::media {

/// How a file is treated that FFmpeg recognises as demuxer `name`.
enum class FormatVerdict : uint8_t {
  kContainer,   // opened; then we check whether it has a video stream
  kStillImage,  // one picture: not a video
  kRefused,  // scripts, playlists, text, raw guesses: they would open other files, or turn anything
             // into "video"
};

/// `name` is AVInputFormat::name. Only listed containers are opened, so a new FFmpeg adds none
/// automatically.
FormatVerdict JudgeFormat(std::string_view name);

/// Reason and remedy for people, e.g. "is a still image (png), not a video".
std::string FormatRefusal(std::string_view name);

}  // namespace reelbatch::media
