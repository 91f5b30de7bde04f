#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "contracts/video.h"
#include "media/av.h"

namespace reelbatch::media {

/// "01:00:00:00" or "01:00:00;00" (frames are dropped; "." separates so too); none for anything
/// else.
std::optional<contracts::SourceTimecode> ParseTimecode(std::string_view text,
                                                       contracts::Rational rate);

/// What the container says: a timecode track (QuickTime's `tmcd`), or a tag of the stream or of the
/// file.
std::optional<contracts::SourceTimecode> ContainerTimecode(const AVFormatContext& format,
                                                           const AVStream& stream);

/// What the first group of pictures of an MPEG-1 or MPEG-2 stream says. Encoders that know no
/// timecode write 00:00:00:00 there, so that one counts as none.
std::optional<contracts::SourceTimecode> GroupTimecode(std::span<const uint8_t> packet,
                                                       contracts::Rational rate);

}  // namespace reelbatch::media
