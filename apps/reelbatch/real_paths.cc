#include "apps/reelbatch/real_paths.h"

#include <system_error>

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

/// Whether the last component is there and is itself: neither a link nor a dot.
bool IsItself(const fs::path& path) {
  std::error_code error;
  const fs::path name = path.filename();
  const fs::file_status status = fs::symlink_status(path, error);
  return fs::exists(status) && !fs::is_symlink(status) && !name.empty() && name != "." &&
         name != "..";
}

}  // namespace

std::string RealPaths::Of(const fs::path& path) {
  if (IsItself(path)) return OfFolder(path.parent_path(), 0) + path.filename().native();
  std::error_code error;
  fs::path real = fs::weakly_canonical(path, error);
  if (error) real = fs::absolute(path, error).lexically_normal();
  return real.native();
}

const std::string& RealPaths::OfFolder(const fs::path& folder, size_t level) {
  Folder& last = last_[level];
  if (!last.real.empty() && last.named.native() == folder.native()) return last.real;
  last.named = folder;
  if (level + 1 < kLevels && IsItself(folder)) {
    last.real = OfFolder(folder.parent_path(), level + 1) + folder.filename().native() + "/";
    return last.real;
  }
  const fs::path named = folder.empty() ? "." : folder;
  std::error_code error;
  fs::path real = fs::canonical(named, error);
  if (error) real = fs::absolute(named, error).lexically_normal();
  last.real = (real / "").native();
  return last.real;
}

}  // namespace reelbatch::app
