#pragma once

#include <optional>

#include "media/container.h"

namespace reelbatch::media {

/// Whether what the first packets hold may differ from what the headers say: a clock that begins
/// far from the other streams', or a codec that keeps a timecode in its pictures.
bool WantsFirstPackets(const AVFormatContext& format, const AVStream& stream);

/// Mends `info` by the first packets of the chosen stream: a start that is a wrong stamp, and the
/// timecode of a group of pictures.
///
/// Answers what it has read, of all streams, for whoever reads the container next. None: that was
/// too much to keep, or the demuxer spoke of damage, which belongs to whoever reads it then. The
/// container is of no further use.
std::optional<KeptPackets> ReadFirstPackets(Container& container, contracts::VideoInfo& info);

}  // namespace reelbatch::media
