#pragma once

#include <string_view>

#include "media/input_file.h"

namespace reelbatch::media {

/// Whether the file ends within a part that states its size: a packet of a transport stream, a
/// chunk of an AVI file, a box of an MP4 file, or the segment of a Matroska file. `format` is the
/// name of FFmpeg's demuxer. The position of the demuxer in the file does not change.
bool BreaksOff(std::string_view format, const InputFile& file);

}  // namespace reelbatch::media
