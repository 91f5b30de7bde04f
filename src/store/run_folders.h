#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/folder_layout.h"
#include "store/manifest.h"

namespace reelbatch::store {

/// One run of one video: <root>/local/<video_id>/<run_id>.
struct RunFolder {
  std::string video_id;
  std::string run_id;
  std::filesystem::path path;
};

/// A file or folder that cannot be read, and the reason.
struct NotRead {
  std::filesystem::path path;
  std::string reason;
};

/// Sub-folders by name, so that nothing depends on the order of the directory.
std::vector<std::filesystem::path> SubFolders(const std::filesystem::path& folder);

/// All runs of all videos, ordered by video and run.
std::vector<RunFolder> RunFolders(const FolderLayout& layout);

/// The runs of one video, in its folder, ordered by run.
std::vector<RunFolder> RunFoldersOf(const std::filesystem::path& video);

/// All files directly in `folder`, in no order. `not_read` as in FilesBelow().
std::vector<std::filesystem::path> FilesIn(const std::filesystem::path& folder,
                                           std::vector<NotRead>* not_read = nullptr);

/// All files in `folder` and its subfolders, by path. Those that cannot be read go to `not_read`;
/// null: not needed.
std::vector<std::filesystem::path> FilesBelow(const std::filesystem::path& folder,
                                              std::vector<NotRead>* not_read = nullptr);

/// Errors: io, corrupt (names file and field).
base::Result<Manifest> ReadManifest(const std::filesystem::path& run_folder);

/// Paths of the manifest itself and of every artifact in it, relative to its folder.
std::vector<std::string> NamedFiles(const Manifest& manifest);

/// Checks that reelbatch made a folder. Errors: invalid_argument.
base::Status CheckIsOutputFolder(const FolderLayout& layout);

}  // namespace reelbatch::store
