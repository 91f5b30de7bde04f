#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "vision/simd.h"

namespace reelbatch::vision {

/// For tests and benchmarks: makes the kernels use one target of SimdNames() while it lives.
class ForcedSimd {
 public:
  explicit ForcedSimd(std::string_view name) {
    if (!ForceSimd(name)) throw std::runtime_error("no such target: " + std::string(name));
  }
  ~ForcedSimd() { [[maybe_unused]] const base::Status always_known = ForceSimd("auto"); }
  ForcedSimd(const ForcedSimd&) = delete;
  ForcedSimd& operator=(const ForcedSimd&) = delete;
};

}  // namespace reelbatch::vision
