#include "components/speech_activity/speech_windows.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace reelbatch::components {

bool SpeechWindows::Add(std::span<const float> samples, const Take& take) {
  while (!samples.empty()) {
    const size_t count = std::min(samples.size(), kSpeechUnit - filled_);
    std::ranges::copy(samples.first(count), unit_.begin() + static_cast<std::ptrdiff_t>(filled_));
    filled_ += count;
    samples = samples.subspan(count);
    if (filled_ == kSpeechUnit && !Flush(take)) return false;
  }
  return true;
}

bool SpeechWindows::End(const Take& take) {
  if (filled_ == kSpeechContext) return true;
  std::fill(unit_.begin() + static_cast<std::ptrdiff_t>(filled_), unit_.end(), 0.0F);
  return Flush(take);
}

bool SpeechWindows::Flush(const Take& take) {
  Bytes bytes(sizeof unit_);
  std::memcpy(bytes.data(), unit_.data(), sizeof unit_);
  std::copy(unit_.end() - static_cast<std::ptrdiff_t>(kSpeechContext), unit_.end(), unit_.begin());
  filled_ = kSpeechContext;
  return take(std::move(bytes));
}

}  // namespace reelbatch::components
