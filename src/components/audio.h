#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"
#include "contracts/audio.h"

namespace reelbatch::components {

/// Sample rate of the sound for all listeners, Hz.
inline constexpr int kListeningRate = 16000;

/// The part of a component that uses the sound of a video: Hear() for every block in order, then
/// HearEnd(). Neither is called for a video without sound, and HearEnd() is not called if decoding
/// failed; Component::Close() comes after both. A component that analyses no frames pushes its last
/// unit in HearEnd(), so that batches do not wait for more.
/// Threads: those of the component.
class AudioListener {
 public:
  virtual ~AudioListener() = default;
  /// `samples`: mono at kListeningRate, about -1 to 1, all finite. `first_sample`: index of
  /// samples[0]; blocks follow each other without gaps. They are valid until the call returns.
  virtual base::Status Hear(std::span<const float> samples, int64_t first_sample) = 0;
  /// The sound has ended; `report` is complete.
  virtual base::Status HearEnd(const contracts::AudioReport& report) = 0;
};

}  // namespace reelbatch::components
