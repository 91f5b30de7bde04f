#include "store/linked_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <system_error>

namespace reelbatch::store {
namespace {

namespace fs = std::filesystem;

fs::path TemporaryName(const fs::path& folder) {
  static std::atomic<int> count{0};
  return folder / fmt::format(".reelbatch-link-{}-{}.tmp", getpid(), count++);
}

base::Status CopyFile(const fs::path& source, const fs::path& target,
                      const base::AtomicWrite& options) {
  const auto bytes = base::ReadWholeFile(source);
  if (!bytes) return std::unexpected(bytes.error());
  return base::WriteFileAtomically(target, *bytes, options);
}

}  // namespace

base::Status LinkFile(const fs::path& source, const fs::path& target,
                      const base::AtomicWrite& options) {
  std::error_code error;
  // rename(2) does nothing where both names are the same file.
  if (fs::equivalent(source, target, error)) return {};
  const fs::path temporary = TemporaryName(options.temp_folder);
  fs::create_hard_link(source, temporary, error);
  if (error) return CopyFile(source, target, options);
  if (std::rename(temporary.c_str(), target.c_str()) != 0) {
    const int failed = errno;
    std::error_code ignored;
    fs::remove(temporary, ignored);
    return std::unexpected(base::FileError(failed, "write", target));
  }
  return base::SyncFolder(target.parent_path());
}

}  // namespace reelbatch::store
