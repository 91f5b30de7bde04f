#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace reelbatch::store {

/// What is known of earlier inputs. Texts come and are compared in lower case (ASCII), because some
/// file systems do not tell "A" from "a".
struct KnownVideos {
  std::function<base::Result<bool>(const std::string& lower_stem)> stem_in_use;
  std::function<base::Result<bool>(const std::string& lower_id)> id_in_use;
  /// Of a file's content; an error other than cancelled means that it cannot be read.
  std::function<base::Result<std::string>(const std::filesystem::path&)> content_sha256;
};

/// ASCII letters in lower case.
std::string LowerAscii(std::string_view text);

/// An id for each of `paths` (absolute, without repeats), none of which has one yet.
///
/// The safe stem where no other path has it; else "<stem>-<8 hex of content>" ("of path" where it
/// cannot be read); where that is taken too, "-<8 hex of path>" more; then the whole hash of the
/// path. What comes out depends on the set of paths, not on their order. Errors: cancelled, and
/// those of `known`.
base::Result<std::vector<std::string>> AssignVideoIds(
    const std::vector<std::filesystem::path>& paths, const KnownVideos& known);

}  // namespace reelbatch::store
