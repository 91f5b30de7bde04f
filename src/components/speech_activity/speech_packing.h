#pragma once

#include "components/tensor_packing.h"

namespace reelbatch::components {

/// Of the model's recurrent state for one stream: 2 x 128 floats, zeros before its first window.
inline constexpr size_t kSpeechState = size_t{2} * 128;

/// Units of speech_activity (kSpeechUnit floats; state kSpeechState floats, or none for a video's
/// first) and the model's tensors, all f32, b units:
///   in:  `input` [b, 576], `state` [b, 2, 128]
///   out: the speech probabilities [b, 1] (or [b]), then the new states [b, 2, 128]; by place,
///   whatever they are called.
/// A unit's result is its probability (4 bytes, f32). A probability or state that is no finite
/// number is kInput: a batch of fewer units tells whose it is. Source: silero-vad 6.2.3; the batch
/// was moved to the front of the state when the model was converted.
class SpeechPacking final : public TensorPacking {
 public:
  std::vector<contracts::Tensor> Pack(std::span<const UnitInput> units) const override;
  std::expected<std::vector<UnitOutput>, contracts::BatchFailure> Unpack(
      std::vector<contracts::Tensor> outputs, size_t units) const override;
};

}  // namespace reelbatch::components
