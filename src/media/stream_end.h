#pragma once

#include <cstdint>
#include <optional>

#include "media/av.h"

namespace reelbatch::media {

// Note [What a container says of a stream's end]
// Only the stream's own word counts as evidence that a file was cut off: an index that counts its
// samples, or a length of its own. A length of the whole file is that of the longest stream, and
// some demuxers hand it on as the stream's. Live recordings and fragmented files carry whatever
// their headers were begun with. Lengths that MPEG streams seem to have were read off their last
// packets, so nothing can be missing behind those.

/// When the stream ends, seconds on the container's clock, by its own word; none: it has no own
/// word.
std::optional<double> OwnEnd(const AVFormatContext& format, const AVStream& stream);

/// Whether the container counts the samples of every stream, so that a missing one shows.
bool CountsSamples(const AVFormatContext& format, const AVStream& stream);

/// How long the stream lasts, seconds: its own word, else what is left of the file's length, unless
/// the bytes of the file cannot hold it. `start_s`: where the stream begins. For prices and
/// progress.
std::optional<double> LikelySeconds(const AVFormatContext& format, const AVStream& stream,
                                    double start_s, int64_t file_bytes);

}  // namespace reelbatch::media
