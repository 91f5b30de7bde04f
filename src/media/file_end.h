#pragma once

#include "media/container.h"

namespace reelbatch::media {

/// Whether the file breaks off within a part that has a size of its own: a packet of a transport
/// stream, a chunk of an AVI file, a box of an MP4 file, the segment of a Matroska file. Moves the
/// container's place in the file: only for the end of reading.
bool BreaksOff(Container& container);

}  // namespace reelbatch::media
