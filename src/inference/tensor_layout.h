#pragma once

#include <cstddef>

namespace reelbatch::inference {

/// Where the next tensor begins in memory that is shared with another process, after `bytes` of the
/// one before: on a cache line.
constexpr size_t Aligned(size_t bytes) {
  constexpr size_t kLine = 64;
  return (bytes + kLine - 1) / kLine * kLine;
}

}  // namespace reelbatch::inference
