#include "components/speech_activity/speech_spans.h"

#include <algorithm>
#include <cstddef>

#include "components/audio.h"
#include "components/speech_activity/speech_windows.h"

namespace reelbatch::components {
namespace {

constexpr int64_t SamplesOf(int milliseconds) {
  return int64_t{kListeningRate} * milliseconds / 1000;
}

constexpr int64_t kNone = -1;

/// Before padding.
std::vector<SpeechSpan> FindCores(std::span<const float> probabilities, int64_t samples,
                                  const SpeechKnobs& knobs) {
  std::vector<SpeechSpan> cores;
  const auto keep = [&](int64_t begin, int64_t end) {
    if (end - begin > SamplesOf(knobs.min_speech_ms)) cores.push_back({.begin = begin, .end = end});
  };
  int64_t begin = kNone;    // of the speech that goes on
  int64_t silence = kNone;  // that may end it, since
  for (size_t k = 0; k < probabilities.size(); ++k) {
    const auto at = static_cast<int64_t>(k * kSpeechWindow);
    const auto probability = static_cast<double>(probabilities[k]);
    if (probability >= knobs.threshold) {
      silence = kNone;
      if (begin == kNone) begin = at;
      continue;
    }
    if (begin == kNone || probability >= knobs.exit_threshold) continue;
    if (silence == kNone) silence = at;
    if (at - silence < SamplesOf(knobs.min_silence_ms)) continue;
    keep(begin, silence);
    begin = kNone;
    silence = kNone;
  }
  if (begin != kNone) keep(begin, samples);
  return cores;
}

void Pad(std::vector<SpeechSpan>& spans, int64_t samples, int64_t pad) {
  for (size_t k = 0; k + 1 < spans.size(); ++k) {
    const int64_t between = spans[k + 1].begin - spans[k].end;
    const int64_t share = between < 2 * pad ? between / 2 : pad;
    spans[k].end += share;
    spans[k + 1].begin -= share;
  }
  if (spans.empty()) return;
  spans.front().begin = std::max<int64_t>(0, spans.front().begin - pad);
  spans.back().end = std::min(samples, spans.back().end + pad);
}

}  // namespace

std::vector<SpeechSpan> FindSpeech(std::span<const float> probabilities, int64_t samples,
                                   const SpeechKnobs& knobs) {
  std::vector<SpeechSpan> spans = FindCores(probabilities, samples, knobs);
  Pad(spans, samples, SamplesOf(knobs.pad_ms));
  return spans;
}

}  // namespace reelbatch::components
