#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/reelbatch/inputs.h"
#include "base/result.h"

namespace reelbatch::app {

/// Where a command is going to write, by the options that said so.
struct OutputPlan {
  struct File {
    std::string option;  // "--csv"
    std::filesystem::path path;
  };
  /// STEM-Scene-001.mp4 and so on.
  struct Scenes {
    std::string stem;
    std::string extension;
  };
  struct Folder {
    std::string option;
    std::filesystem::path path;
    std::vector<std::string> names = {};  // of the files to come, where they are known
    std::vector<Scenes> scenes = {};      // where they are as many as there will be shots
    bool overwrite = false;               // scenes of an earlier call may be replaced
  };

  std::vector<File> files;
  std::vector<Folder> folders;
};

/// Whether everything can be written where it is planned, without writing anything; a missing
/// folder of `folders` may be made later.
/// Errors: invalid_argument: an output is one of the videos or lists by any name or link, two files
/// or folders of pieces are the same, the folder of a file is missing, a folder holds pictures or
/// pieces of an earlier call that may not be replaced; io: something in the way is no folder, or no
/// permission.
base::Status CheckOutputs(const OutputPlan& plan, const InputList& inputs);

}  // namespace reelbatch::app
