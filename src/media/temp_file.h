#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "base/result.h"

namespace reelbatch::media {

/// A file that appears under its name only when it is whole: written beside it under a temporary
/// name, then renamed. Without Commit() nothing is left behind. Threads: one caller at a time.
class TempFile {
 public:
  /// Errors: io (names the target, the system's reason and the remedy).
  static base::Result<TempFile> Create(const std::filesystem::path& target);
  ~TempFile();
  TempFile(TempFile&& other) noexcept;
  TempFile& operator=(TempFile&&) = delete;
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;

  /// errno of a write that the system refused, else 0.
  int Write(std::span<const std::byte> bytes);
  /// The new position, or -1 with errno set. `whence` as lseek(2).
  int64_t Seek(int64_t offset, int whence);

  /// Closes and renames. Errors: io.
  base::Status Commit();

  /// An io error about the target.
  std::unexpected<base::Error> Fail(int error_number) const;

  const std::filesystem::path& target() const { return target_; }

 private:
  TempFile(std::filesystem::path target, std::filesystem::path temp, int fd)
      : target_(std::move(target)), temp_(std::move(temp)), fd_(fd) {}

  std::filesystem::path target_;
  std::filesystem::path temp_;
  int fd_ = -1;
};

}  // namespace reelbatch::media
