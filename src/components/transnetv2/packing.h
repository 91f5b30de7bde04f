#pragma once

#include <memory>

#include "components/tensor_packing.h"

namespace reelbatch::components::transnetv2 {

/// Windows (WindowMaker) to the tensor "frames" u8 [b, 100, 27, 48, 3]; the tensors "single" and
/// "many" f32 [b, 100], which are probabilities, to results: the frames that count, [25, 75), of
/// `single` and then of `many`, 400 bytes, little-endian. Errors of Unpack(): bad_response also
/// where a value is not in [0, 1].
std::unique_ptr<TensorPacking> MakePacking();

/// Bytes of one unit's result.
inline constexpr size_t kResultBytes = 400;

}  // namespace reelbatch::components::transnetv2
