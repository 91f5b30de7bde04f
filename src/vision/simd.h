#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"

namespace reelbatch::vision {

/// Names of the vector instructions that the kernels of this module can run with on this processor:
/// "scalar" first (the scalar references, which check all others), the best last. The others are
/// sse4, avx2 and avx3 (AVX-512 and whatever extends it) on x86-64, and neon on AArch64, as far as
/// the processor has them.   Threads: any.
std::vector<std::string_view> SimdNames();

/// Makes every kernel use `name`; "auto" is the best, as if nothing had been forced.
/// Threads: before any kernel runs.
/// Errors: invalid_argument  `name` is not one of SimdNames(), for example because it belongs to
///                           another architecture; the message says why, and lists the names
base::Status ForceSimd(std::string_view name);

/// What the kernels use now.   Threads: any.
std::string_view SimdName();

/// Whether kernels must call their scalar references.   Threads: any.
bool SimdIsScalar();

}  // namespace reelbatch::vision
