#pragma once

#include <string_view>

#include "media/input_file.h"

namespace reelbatch::media {

/// Whether the file breaks off within a part that has a size of its own: a packet of a transport
/// stream, a chunk of an AVI file, a box of an MP4 file, the segment of a Matroska file. `format`:
/// the name of FFmpeg's demuxer. Reads beside the demuxer, which goes on where it was.
bool BreaksOff(std::string_view format, const InputFile& file);

}  // namespace reelbatch::media
