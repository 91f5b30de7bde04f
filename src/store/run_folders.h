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

/// A file or folder that the system does not let us look at, and its words.
struct NotRead {
  std::filesystem::path path;
  std::string reason;
};

/// Sub-folders by name, so that nothing depends on the order of the directory.
std::vector<std::filesystem::path> SubFolders(const std::filesystem::path& folder);

/// Every run of every video, by video and run.
std::vector<RunFolder> RunFolders(const FolderLayout& layout);

/// Those of one video, whose folder it is, by run.
std::vector<RunFolder> RunFoldersOf(const std::filesystem::path& video);

/// Everything in `folder` itself that is no folder, in no order. `not_read` as FilesBelow().
std::vector<std::filesystem::path> FilesIn(const std::filesystem::path& folder,
                                           std::vector<NotRead>* not_read = nullptr);

/// Everything below `folder` that is no folder, by path. What could not be read goes to `not_read`;
/// null: not needed.
std::vector<std::filesystem::path> FilesBelow(const std::filesystem::path& folder,
                                              std::vector<NotRead>* not_read = nullptr);

/// Errors: io, corrupt (names file and field).
base::Result<Manifest> ReadManifest(const std::filesystem::path& run_folder);

/// Paths of the manifest's own file and of every artifact that it names, relative to its folder.
std::vector<std::string> NamedFiles(const Manifest& manifest);

/// A folder that reelbatch made. Errors: invalid_argument.
base::Status CheckIsOutputFolder(const FolderLayout& layout);

}  // namespace reelbatch::store
