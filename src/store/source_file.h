#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace reelbatch::store {

/// What tells that a file is still the one that was hashed, without reading it. A rewrite of the same size within the
/// file system's clock tick (4 ms on Linux) of the hash's start is not seen.
struct SourceStat {
  int64_t size = 0;
  int64_t mtime_ns = 0;
  int64_t ctime_ns = 0;
  int64_t inode = 0;
  friend bool operator==(const SourceStat&, const SourceStat&) = default;
};

/// Follows links. Errors: io (missing, not permitted, not a regular file: reading a pipe could wait for ever).
base::Result<SourceStat> StatSource(const std::filesystem::path& path);

}  // namespace reelbatch::store
