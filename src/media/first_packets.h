#pragma once

#include <optional>

#include "media/container.h"

namespace reelbatch::media {

/// Whether the first packets may contradict the headers, or add to them: the clock of this stream
/// begins far from that of the other streams, or the codec keeps a timecode in its pictures.
bool WantsFirstPackets(const AVFormatContext& format, const AVStream& stream);

/// Reads the first packets of the chosen stream and corrects `info` with them: a start that is a
/// wrong stamp, and the timecode of a group of pictures.
///
/// Returns the packets of all streams that it has read, so that the next reader of the container
/// gets them. Returns none if they were too many to keep, or if the demuxer reported damage, which
/// the next reader must report itself. In this case, open the container again.
std::optional<KeptPackets> ReadFirstPackets(Container& container, contracts::VideoInfo& info);

}  // namespace reelbatch::media
