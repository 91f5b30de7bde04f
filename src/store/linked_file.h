#pragma once

#include <filesystem>

#include "base/atomic_file.h"
#include "base/result.h"

namespace reelbatch::store {

/// Makes `target` a hard link to the file `source`, or a copy if the file system does not support
/// links. A reader sees the old or the new content. `options.temp_folder` must be set.
/// Errors: io (names the file and the remedy).
base::Status LinkFile(const std::filesystem::path& source, const std::filesystem::path& target,
                      const base::AtomicWrite& options);

}  // namespace reelbatch::store
