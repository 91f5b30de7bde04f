#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace reelbatch::app {

/// The videos that the arguments of a command mean, in the order of the arguments; a folder's and a
/// pattern's files are sorted by the bytes of their paths.
struct InputList {
  struct Unreadable {
    std::filesystem::path path;
    std::string reason;
  };

  std::vector<std::filesystem::path> videos;  // a named file is here even if it does not exist
  std::vector<std::filesystem::path> lists;   // the files behind @list.txt
  std::vector<Unreadable>
      unreadable;  // folders that could not be listed: part of the work is not done
  std::vector<std::string> warnings;  // folders and patterns that gave nothing; one line each
  int repeats = 0;                    // files left out because they were named before
  /// Entries of folders and matches of patterns that are hidden or have no video's ending.
  int64_t passed_over = 0;
  std::vector<std::filesystem::path> passed_over_names;  // the first kMostNames of them
  static constexpr size_t kMostNames = 1000;
};

/// Expands files, folders (recursive; hidden entries are passed over, links to folders are followed
/// once; what lies in an output folder of ours is not counted as passed over), `@list.txt` and
/// quoted patterns (`*`, `?`, `[a-z]`, `**` for any number of folders).
///
/// A folder or a pattern without an extension takes files with a known video extension only; a file
/// that is named is taken whatever its name. A list has a name per line, blank lines and `#`
/// comments; a name that is not found below the working folder is looked for beside the list.
/// Errors: invalid_argument (a list file that is missing, too large or not text; nothing to do at
/// all).
base::Result<InputList> ExpandInputs(std::span<const std::string> arguments);

/// Whether the name ends in an extension that video files have, in any case.
bool HasVideoExtension(const std::filesystem::path& path);

}  // namespace reelbatch::app
