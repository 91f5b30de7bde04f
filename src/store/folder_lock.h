#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace reelbatch::store {

/// Locks a folder for this process: an flock on `file`, which also has the name of the owner. The
/// kernel releases it when the process ends, in any way; the file stays.
class FolderLock {
 public:
  /// Errors: unavailable ("DIR is in use by reelbatch run (pid 123 on host since ...)"), io.
  static base::Result<std::unique_ptr<FolderLock>> Take(const std::filesystem::path& folder,
                                                        const std::filesystem::path& file,
                                                        std::string_view command_line,
                                                        const base::Clock& clock);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace reelbatch::store
