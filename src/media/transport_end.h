#pragma once

#include "media/container.h"

namespace reelbatch::media {

/// Whether a transport stream breaks off within one of its packets, which all have one size. Moves
/// the container's place in the file: only for the end of reading.
bool EndsInAPacket(Container& container);

}  // namespace reelbatch::media
