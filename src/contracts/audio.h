#pragma once

#include <cstdint>
#include <string>

namespace reelbatch::contracts {

/// Facts about the sound of a video that decoding has found. Delivered sample k is played at
/// start_s + k / rate, on the clock of the container, which is also that of the PTS of frames.
struct AudioReport {
  std::string codec = {};  // FFmpeg's name, "aac"
  int stream_index = 0;    // in the container
  int channels = 0;        // as coded, before they are mixed down
  int source_rate = 0;     // Hz, as coded
  int rate = 0;            // Hz, as delivered
  int64_t samples = 0;     // delivered samples
  double start_s = 0;      // time of the first delivered sample, container PTS in seconds
  double offset_s =
      0;  // the sound's own first sample minus the video's start; below 0: sound comes first
  int64_t decode_errors = 0;    // packets or frames that the demuxer or decoder reported as damaged
  int64_t bad_samples = 0;      // samples that were not finite numbers and were replaced by silence
  int64_t gaps = 0;             // gaps without sound between two packets
  int64_t gap_samples = 0;      // silence that was inserted for them, in samples at `rate`
  int64_t overlaps = 0;         // parts that came twice
  int64_t overlap_samples = 0;  // samples at `rate` that were dropped for them
  bool truncated =
      false;  // reading ended at damage, or long before the end that the container states
  std::string first_error = {};  // FFmpeg's text of the first error
};

}  // namespace reelbatch::contracts
