#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace reelbatch::store {

/// An input as its caller names it. The texts belong to the caller.
struct SourceInput {
  std::string_view path;  // absolute, or relative to the current folder
  /// Distinguishes it from other inputs with the same stem: the suffix of its id is made from it
  /// (AssignVideoIds()). For a file that was found in a folder: RelativeToFolder. Empty:
  /// RelativeToCurrent() of the absolute path.
  std::string_view relative_path = {};
};

/// The relative paths of files that were found in a named folder: the name of the folder, then
/// the path from there. They do not depend on the place of the folder, on other inputs,
/// or on the current folder (docs/decisions/0025).
/// Example: "/mnt/nas/clips" or "../clips", and "day1/cam.mp4" below it -> "clips/day1/cam.mp4".
class RelativeToFolder {
 public:
  explicit RelativeToFolder(const std::filesystem::path& folder);
  /// Empty if `found` does not begin with the folder as it was given.
  std::string operator()(const std::filesystem::path& found) const;

 private:
  std::string folder_;  // as it was given, with a slash at the end
  std::string name_;    // likewise; empty for the root
};

/// `absolute` relative to the folder `current` if it is inside, else unchanged. Both are
/// normalised.
std::string_view RelativeToCurrent(std::string_view absolute, std::string_view current);

}  // namespace reelbatch::store
