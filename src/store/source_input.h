#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace reelbatch::store {

/// An input as its caller names it. The texts belong to the caller.
struct SourceInput {
  std::string_view path;  // absolute, or relative to the current folder
  /// What tells it from other inputs of the same stem: the suffix of its id is made from it
  /// (AssignVideoIds()). Of what was found below a folder: RelativeToFolder. Empty:
  /// RelativeToCurrent() of the absolute path.
  std::string_view relative_path = {};
};

/// The relative paths of what is found below a folder that was named: the folder's own name, then
/// the way from there. They do not depend on where the folder lies, on which other inputs there
/// are or on the current folder (docs/decisions/0025).
/// Example: "/mnt/nas/clips" or "../clips", and "day1/cam.mp4" below it -> "clips/day1/cam.mp4".
class RelativeToFolder {
 public:
  explicit RelativeToFolder(const std::filesystem::path& folder);
  /// Empty where `found` does not begin with the folder as it was given.
  std::string operator()(const std::filesystem::path& found) const;

 private:
  std::string folder_;  // as it was given, with a slash at the end
  std::string name_;    // likewise; empty for the root
};

/// `absolute` relative to the folder `current` where it lies below that, else as it is. Both are
/// normalised.
std::string_view RelativeToCurrent(std::string_view absolute, std::string_view current);

}  // namespace reelbatch::store
