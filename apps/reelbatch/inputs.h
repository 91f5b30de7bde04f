#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "apps/reelbatch/input_endings.h"
#include "base/cancel.h"
#include "base/result.h"
#include "store/source_input.h"

namespace reelbatch::app {

/// The videos that the arguments of a command mean, in the order of the arguments; a folder's and a
/// pattern's files are sorted by the bytes of their paths.
struct InputList {
  /// A folder that could not be listed, or an address that is not read.
  struct Unreadable {
    std::filesystem::path path;
    std::string reason;
  };
  struct PassedOver {
    std::filesystem::path path;
    std::string reason = {};  // empty: hidden, or without a video's ending
  };

  /// A named file is here even if it does not exist. A folder, or a numbered name of no file, is a
  /// picture sequence (base::NamesPictures()).
  std::vector<std::filesystem::path> videos;
  /// Of each of `videos`, for store::SourceInput; empty: it was named itself.
  std::vector<std::string> relative_paths;
  std::vector<std::filesystem::path> lists;  // the files behind @list.txt
  std::vector<Unreadable> unreadable;        // part of the work is not done
  std::vector<std::string> warnings;  // what gave nothing, or less than it should; one line each
  std::vector<std::string> notes;     // assumptions about inputs; one line each
  int repeats = 0;                    // files left out because they were named before
  /// Entries of folders and matches of patterns that are hidden, have no video's ending, or one
  /// that is also another kind of file's and its content.
  int64_t passed_over = 0;
  std::vector<PassedOver> passed_over_names;  // the first kMostNames of them
  static constexpr size_t kMostNames = 1000;
};

struct InputOptions {
  /// --fps: pictures per second; with it, folders of pictures count also where there are videos.
  std::optional<double> picture_fps = std::nullopt;
  const base::CancelToken* cancel = nullptr;  // ends the wait for standard input
};

/// Expands files, folders (recursive; hidden entries are passed over, links to folders are followed
/// once; what lies in an output folder of ours is not counted as passed over), `@list.txt`, `@-` (a
/// list on standard input), `-` (a video there, see SpoolStandardInput()), file: addresses,
/// numbered names of pictures (`frames/%05d.png`) and quoted patterns (`*`, `?`, `[a-z]`, `**` for
/// any number of folders).
///
/// A folder or a pattern without an extension takes files with a known video extension only; a file
/// that is named is taken whatever its name. A folder without videos whose pictures are two or more
/// of one kind is a picture sequence, and so is every folder below it. A list has a name per line,
/// blank lines and `#` comments; a name that is not found below the working folder is looked for
/// beside the list. What exists under the very name that is written is never read as an address or
/// a pattern. Addresses of other kinds are unreadable inputs. Errors: invalid_argument (a list file
/// that is missing, too large or not text; nothing to do at all; standard input named for both a
/// video and a list, or a terminal), io, cancelled (standard input).
base::Result<InputList> ExpandInputs(std::span<const std::string> arguments,
                                     const InputOptions& options = {});

/// The videos as an output folder takes them. Lives no longer than the list.
std::vector<store::SourceInput> SourcesOf(const InputList& list);

}  // namespace reelbatch::app
