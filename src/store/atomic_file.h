#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace reelbatch::store {

/// write(2) or a stand-in that fails as tests want.
using WriteCall = ssize_t (*)(int fd, const void* bytes, size_t size);

struct AtomicWrite {
  /// Where the temporary file lies until it is renamed; on the same file system. Empty: beside the target.
  std::filesystem::path temp_folder;
  WriteCall write_call = nullptr;  // null: write(2)
};

/// Writes a whole file or nothing: temporary file, fsync, rename, fsync of the folder. A reader sees the old or the
/// new content, never a part. On an error the temporary file is removed and the target is as before.
/// Errors: io (names the target, the reason and the remedy).
base::Status WriteFileAtomically(const std::filesystem::path& target, std::string_view bytes,
                                 const AtomicWrite& options = {});

/// Creates the folder and its parents, each durable (fsync of the parent).
/// Errors: io; invalid_argument (something in the way is not a folder).
base::Status MakeFolders(const std::filesystem::path& folder);

/// Removes every file in a folder of temporary files; a missing folder is empty.
void SweepTemporaries(const std::filesystem::path& folder);

/// The whole content of a file. Errors: io.
base::Result<std::string> ReadWholeFile(const std::filesystem::path& path);

/// An errno as a sentence with its remedy: "no space left on the device: free space or choose another place".
base::Error FileError(int error_number, std::string_view doing, const std::filesystem::path& path);

}  // namespace reelbatch::store
