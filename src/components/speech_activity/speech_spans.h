#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace reelbatch::components {

/// When probabilities are speech. Defaults: those of silero-vad 6.2.3's get_speech_timestamps.
struct SpeechKnobs {
  double threshold = 0.5;        // speech begins with a window at or above it
  double exit_threshold = 0.35;  // and may end with one below this
  int min_speech_ms = 250;       // shorter speech is left out
  int min_silence_ms = 100;      // shorter silence does not end it
  int pad_ms = 30;  // added at both ends; where two spans are nearer than twice that, they share
                    // what is between them
};

/// Samples of 16 kHz sound, half open.
struct SpeechSpan {
  int64_t begin = 0;
  int64_t end = 0;
  friend bool operator==(const SpeechSpan&, const SpeechSpan&) = default;
};

/// Stretches of speech, ascending, without overlaps, within [0, samples). `probabilities`: one per
/// window of 512 samples; `samples`: of the whole sound, without the last window's padding. Speech
/// begins at the first window at or above `threshold`. It ends where the first window below
/// `exit_threshold` begins from which on no window reaches `threshold` for `min_silence_ms`; sound
/// that ends earlier ends it with its last sample. Spans must be longer than `min_speech_ms`,
/// judged before padding. Example: 10 windows at .9, then 10 at .1, 10240 samples -> {0, 5120 +
/// 480}. Source:  silero-vad 6.2.3, get_speech_timestamps without a longest span.
std::vector<SpeechSpan> FindSpeech(std::span<const float> probabilities, int64_t samples,
                                   const SpeechKnobs& knobs);

}  // namespace reelbatch::components
