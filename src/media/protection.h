#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "media/input_file.h"

namespace reelbatch::media {

/// How the pictures of a file are encrypted, by the container's own word and whether or not FFmpeg
/// can open it: "Common Encryption (cenc)", "Windows Media DRM". Nothing where they are not, or
/// nothing is reported.
///
/// `track`: the stream's id in the container (MP4: track id; transport stream: PID); none: any
/// video. Read: MP4 (sample entries encv, drmi, sinf), ASF, MXF, and the scrambling marks of
/// transport and program streams.
std::optional<std::string> FindProtection(const InputFile& file, std::optional<int> track);

/// The message for a person, of such an answer.
std::string ProtectionMessage(std::string_view protection);

}  // namespace reelbatch::media
