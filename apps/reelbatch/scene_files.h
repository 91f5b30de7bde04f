#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace reelbatch::app {

/// The pictures or pieces of one video's shots in a folder: clip-Scene-001-01.jpg,
/// clip-Scene-001.mp4.
struct SceneFiles {
  std::filesystem::path folder;
  std::string stem;
  bool pictures = false;  // else pieces
};

/// Names of the files of this kind that lie in the folder now, sorted. A missing folder has none.
/// Pieces are found whatever their container, pictures whatever their format.
std::vector<std::string> FindScenes(const SceneFiles& files);

/// Errors: invalid_argument: such files of an earlier call lie there. Names some of them and the
/// remedy. `option` is the context of the error.
base::Status CheckNoScenes(const SceneFiles& files, const std::string& option);

/// "a.mp4, b.mp4, c.mp4 and 4 more"
std::string SomeNames(const std::vector<std::string>& names);

}  // namespace reelbatch::app
