#pragma once

#include "media/container.h"

namespace reelbatch::media {

/// Whether what the first packets hold may differ from what the headers say: a clock that begins
/// far from the other streams', or a codec that keeps a timecode in its pictures.
bool WantsFirstPackets(const AVFormatContext& format, const AVStream& stream);

/// Mends `info` by the first packets of the chosen stream: a start that is a wrong stamp, and the
/// timecode of a group of pictures. Reads them away: the container is of no further use.
void ReadFirstPackets(Container& container, contracts::VideoInfo& info);

}  // namespace reelbatch::media
