#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"
#include "contracts/audio.h"

namespace reelbatch::components {

/// Hz of the sound that every listener gets.
inline constexpr int kListeningRate = 16000;

/// The part of a component that listens to a video's sound: Hear() for every block in order, then
/// HearEnd(). Neither is called of a video without sound, and HearEnd() is not where decoding it
/// failed; Component::Close() comes after both. A component that looks at no frames pushes its last
/// unit in HearEnd(): batches wait for it no longer. Threads: the component's.
class AudioListener {
 public:
  virtual ~AudioListener() = default;
  /// `samples`: mono at kListeningRate, about -1..1, all finite. `first_sample`: index of
  /// samples[0]; blocks follow each other without gaps. They live until the call returns.
  virtual base::Status Hear(std::span<const float> samples, int64_t first_sample) = 0;
  /// Nothing more comes; `report` is whole.
  virtual base::Status HearEnd(const contracts::AudioReport& report) = 0;
};

}  // namespace reelbatch::components
