#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "components/batched_component.h"

namespace reelbatch::components {

/// Samples that the model judges at once, and those before them that it sees again; of 16 kHz
/// sound. Source: silero-vad 6.2.3, README and `OnnxWrapper`: 512 samples with 64 of context.
inline constexpr size_t kSpeechWindow = 512;
inline constexpr size_t kSpeechContext = 64;
/// Floats of one unit: context, then window.
inline constexpr size_t kSpeechUnit = kSpeechContext + kSpeechWindow;

/// How many windows `samples` fill, the last one with zeros.   Example: 513 -> 2.
constexpr int64_t SpeechWindowCount(int64_t samples) {
  constexpr auto kWindow = static_cast<int64_t>(kSpeechWindow);
  return (samples + kWindow - 1) / kWindow;
}

/// Cuts a stream of samples into units, as bytes of kSpeechUnit floats: window k is samples [512 k,
/// 512 k + 512), zero padded at the end, behind the 64 samples before it (zeros before the first).
/// Threads: one caller at a time.
class SpeechWindows {
 public:
  using Take = std::function<bool(Bytes)>;

  /// Hands every unit that is whole to `take`. False: `take` said so, and nothing more of `samples`
  /// was looked at.
  bool Add(std::span<const float> samples, const Take& take);
  /// The last one, where samples are left.
  bool End(const Take& take);

 private:
  bool Flush(const Take& take);

  std::array<float, kSpeechUnit> unit_ = {};  // the context first
  size_t filled_ = kSpeechContext;
};

}  // namespace reelbatch::components
