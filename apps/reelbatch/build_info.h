#pragma once

#include <string_view>

namespace reelbatch::app {

/// What this program was built from, as it was when it was built. Source:
/// cmake/WriteBuildInfo.cmake.
struct BuildInfo {
  std::string_view commit;       // 40 hex digits; empty: not built from a git tree
  bool dirty = false;            // tracked files differed from the commit
  std::string_view source = {};  // the folder of the source tree, which may be gone
};
BuildInfo BuiltFrom();

}  // namespace reelbatch::app
