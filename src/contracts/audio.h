#pragma once

#include <cstdint>
#include <string>

namespace reelbatch::contracts {

/// What decoding the sound of a video found out. Sample k of what was delivered is heard at start_s
/// + k / rate, on the container's clock: the one that frames' PTS are on.
struct AudioReport {
  std::string codec = {};  // FFmpeg's name, "aac"
  int stream_index = 0;    // in the container
  int channels = 0;        // as coded, before they are mixed down
  int source_rate = 0;     // Hz, as coded
  int rate = 0;            // Hz, as delivered
  int64_t samples = 0;     // delivered
  double start_s = 0;      // of the first sample delivered, container PTS
  double offset_s =
      0;  // the sound's own first sample minus the video's start; below 0: sound comes first
  int64_t decode_errors = 0;     // packets or frames that the demuxer or decoder called damaged
  int64_t bad_samples = 0;       // that were no finite number, and became silence
  int64_t gaps = 0;              // stretches without sound between two packets, ...
  int64_t gap_samples = 0;       // ... filled with so much silence, at `rate`
  int64_t overlaps = 0;          // stretches that came twice, ...
  int64_t overlap_samples = 0;   // ... of which so much was left out, at `rate`
  bool truncated = false;        // reading ended by damage, or long before the container's own word
  std::string first_error = {};  // FFmpeg's own words for the first one
};

}  // namespace reelbatch::contracts
