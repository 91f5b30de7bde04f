#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "media/input_file.h"

namespace reelbatch::media {

/// How the pictures of a file are encrypted, according to its container, whether or not FFmpeg
/// can open it: "Common Encryption (cenc)", "Windows Media DRM". None if they are not, or if
/// the container does not report it.
///
/// `track`: the stream's id in the container (MP4: track id; transport stream: PID); none: any
/// video. Read: MP4 (sample entries encv, drmi, sinf), ASF, MXF, and the scrambling marks of
/// transport and program streams.
std::optional<std::string> FindProtection(const InputFile& file, std::optional<int> track);

/// The message for people for such a result.
std::string ProtectionMessage(std::string_view protection);

}  // namespace reelbatch::media
