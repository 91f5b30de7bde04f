#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/cancel.h"
#include "base/result.h"

namespace reelbatch::store {

/// Tells, without reading a file, whether it is still the one that was hashed. A rewrite of the
/// same size within the clock tick of the file system (4 ms on Linux) at the start of hashing is
/// not detected.
struct SourceStat {
  int64_t size = 0;
  int64_t mtime_ns = 0;
  int64_t ctime_ns = 0;
  int64_t inode = 0;
  friend bool operator==(const SourceStat&, const SourceStat&) = default;
};

/// Follows links. Of a picture sequence: the sum of the sizes, the newest times, and in `inode` a
/// number that changes with any file's name, size, times or inode.
/// Errors: io (missing, not permitted, not a regular file: reading a pipe could wait for ever).
base::Result<SourceStat> StatSource(const std::filesystem::path& path);

/// SHA-256 of the file's content; of a picture sequence, that of its files' digests in their order,
/// a line each. `cancel` may be null. Errors: io, cancelled.
base::Result<std::string> ContentSha256(const std::filesystem::path& path,
                                        const base::CancelToken* cancel);

}  // namespace reelbatch::store
