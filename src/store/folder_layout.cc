#include "store/folder_layout.h"

#include <fmt/format.h>

#include <cerrno>

#include "base/atomic_file.h"
#include "base/text.h"
#include "store/identity.h"

namespace reelbatch::store {

namespace fs = std::filesystem;

fs::path FolderLayout::videos() const { return root / kPlatformId; }

fs::path FolderLayout::Run(const std::string& video_id, const std::string& run_id) const {
  return videos() / video_id / run_id;
}

base::Status CheckOutputFolder(const FolderLayout& layout) {
  std::error_code error;
  const fs::file_status status = fs::status(layout.root, error);
  if (status.type() == fs::file_type::not_found) return {};
  if (error) return std::unexpected(base::FileError(error.value(), "open", layout.root));
  if (!fs::is_directory(status)) {
    return base::Fail(base::Code::kInvalidArgument,
                      "is not a folder: choose another output folder (--out)",
                      base::PathForPeople(layout.root));
  }
  if (fs::is_directory(layout.marker(), error)) return {};
  fs::directory_iterator entry(layout.root, error);
  if (error) return std::unexpected(base::FileError(error.value(), "open", layout.root));
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const fs::path name = entry->path().filename();
    if (name == "lost+found") continue;  // the root of a file system of its own
    return base::Fail(
        base::Code::kInvalidArgument,
        fmt::format(
            "has files of another program ('{}'): choose an empty or new output folder (--out)",
            base::PathForPeople(name)),
        base::PathForPeople(layout.root));
  }
  if (error) return std::unexpected(base::FileError(error.value(), "open", layout.root));
  return {};
}

}  // namespace reelbatch::store
