#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"
#include "contracts/audio.h"

namespace reelbatch::media {

/// A block of sound: mono, about -1 to 1, all finite. Sample k of a source is played at
/// report().start_s + k / rate.
struct AudioBlock {
  std::span<const float> samples = {};  // empty: the end
  int64_t first_sample = 0;
};

/// The sound of one video, in order and without gaps. Threads: one caller at a time.
class AudioSource {
 public:
  virtual ~AudioSource() = default;

  /// The next block, at most about a second; its samples are valid until the next call. Damaged
  /// parts are silent, and report() counts them. Errors: cancelled, out_of_memory, io (the device
  /// failed), corrupt (nothing could be decoded; the message has FFmpeg's reason).
  virtual base::Result<AudioBlock> Next() = 0;

  /// Complete once Next() has returned no samples; the facts of the container are there from the
  /// beginning.
  virtual const contracts::AudioReport& report() const = 0;

  /// Container PTS of the end of what has been decoded, in seconds; also moves while samples are
  /// left out.
  virtual double position_s() const = 0;
};

}  // namespace reelbatch::media
