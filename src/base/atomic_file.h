#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace reelbatch::base {

/// write(2), or a replacement that fails for tests.
using WriteCall = ssize_t (*)(int fd, const void* bytes, size_t size);

struct AtomicWrite {
  /// The folder of the temporary file; on the same file system. Empty: the folder of the
  /// target.
  std::filesystem::path temp_folder;
  WriteCall write_call = nullptr;  // null: write(2)
};

/// A file that appears under its name only when it is complete: it is written under a temporary
/// name on the same file system, then renamed. A reader sees the old or the new content, never a
/// part. Without Commit(), nothing is left behind and the target is unchanged.
///
/// Devices and pipes (/dev/stdout) are written directly, because a rename would replace them. Of a
/// symbolic link, the target is replaced, not the link. Threads: one caller at a time.
class AtomicFile {
 public:
  /// Errors: io (names the target, the reason and the remedy), as all below.
  static Result<AtomicFile> Create(const std::filesystem::path& target, AtomicWrite options = {});
  ~AtomicFile();
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// errno of a write that failed, else 0.
  int Write(std::string_view bytes);
  /// The new position, or -1 with errno set. `whence` as lseek(2).
  int64_t Seek(int64_t offset, int whence);
  /// fsync, rename, fsync of the folder.
  Status Commit();

  /// The io error of a failed write.
  std::unexpected<Error> Fail(int error_number) const;
  const std::filesystem::path& target() const { return target_; }

 private:
  AtomicFile(std::filesystem::path target, AtomicWrite options)
      : target_(std::move(target)), options_(std::move(options)) {}
  Status Open();

  std::filesystem::path target_;  // as given by the caller
  AtomicWrite options_;
  std::filesystem::path renamed_to_;  // with links resolved; empty: written in place
  std::filesystem::path temporary_;
  int fd_ = -1;
};

/// The same in one call. Errors: io.
Status WriteFileAtomically(const std::filesystem::path& target, std::string_view bytes,
                           const AtomicWrite& options = {});

/// Takes the next part of a file.
using TakePart = std::function<Status(std::string_view part)>;

/// The same for content that comes in parts, of which at most one block is in memory: `produce`
/// delivers them in order. If it fails, the target is unchanged. Errors: io, those of `produce`.
Status WriteFileInParts(const std::filesystem::path& target,
                        const std::function<Status(const TakePart& take)>& produce,
                        const AtomicWrite& options = {});

/// Makes the names in a folder durable (fsync). Some file systems (FUSE, network) do not support
/// this for folders and return EINVAL or ENOTSUP, which is ignored. Errors: io.
Status SyncFolder(const std::filesystem::path& folder);

/// Creates the folder and its parents, each durable (fsync of the parent).
/// Errors: io; invalid_argument (something in the way is not a folder).
Status MakeFolders(const std::filesystem::path& folder);

/// Removes every file in a folder of temporary files; a missing folder is empty.
void SweepTemporaries(const std::filesystem::path& folder);

/// The whole content of a file. Errors: io.
Result<std::string> ReadWholeFile(const std::filesystem::path& path);

/// An errno as a sentence with its remedy: "no space left on the device: free space or choose
/// another place".
Error FileError(int error_number, std::string_view doing, const std::filesystem::path& path);

}  // namespace reelbatch::base
