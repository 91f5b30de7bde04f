#pragma once

#include <filesystem>
#include <set>
#include <utility>
#include <vector>

#include "apps/reelbatch/inputs.h"

namespace reelbatch::app {

/// The contents of a folder and all its subfolders.
struct FolderContent {
  std::vector<std::filesystem::path> videos;        // sorted by bytes
  std::vector<std::filesystem::path> pictures;      // files with a picture's ending, sorted
  std::set<std::filesystem::path> picture_folders;  // where these lie
};

/// Walks a folder; what is no input, and not a picture, is passed over in `list`. Real folders come
/// before linked ones, so that a file keeps its real name where both lead to it.
FolderContent WalkFolder(const std::filesystem::path& root, InputList& list);

/// Counts an entry that is no input.
void PassOver(InputList& list, std::filesystem::path path, std::string reason = {});

/// Whether a file that was found, not named, counts as a video; why not, in `reason`, where its
/// content says so.
bool CountsAsVideo(const std::filesystem::path& file, std::string& reason);

}  // namespace reelbatch::app
