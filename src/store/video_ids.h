#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace reelbatch::store {

/// The known ids of earlier inputs. Texts are ASCII lower case, because some file systems do not
/// distinguish "A" and "a".
struct KnownVideos {
  std::function<base::Result<bool>(const std::string& lower_stem)> stem_in_use;
  std::function<base::Result<bool>(const std::string& lower_id)> id_in_use;
};

/// A video that has no id yet.
struct NewVideo {
  std::string_view path;           // absolute
  std::string_view relative_path;  // as SourceInput has it; never empty
  std::string_view stem;           // SafeStem()
};

/// ASCII letters in lower case.
std::string LowerAscii(std::string_view text);

/// Assigns an id to each of `videos` (without repeats of a path). No file is read.
///
/// The id is the stem if no other video has it, neither of these nor an earlier one; else
/// "<stem>-<8 hex digits of the SHA-256 of the relative path>"; if that is used, too, with "-<8 hex
/// digits of that of the absolute path>" added; then "<stem>-<all digits of the absolute path's>".
/// The result depends on the set of videos, not on their order, and a suffix only on its own video
/// (docs/decisions/0025). Errors: those of `known`. Example: relative paths "data/day1/cam.mp4",
/// "data/day2/cam.mp4" -> "cam-d8b56ddc", "cam-ee6bac41".
base::Result<std::vector<std::string>> AssignVideoIds(std::span<const NewVideo> videos,
                                                      const KnownVideos& known);

}  // namespace reelbatch::store
