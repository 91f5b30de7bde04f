#pragma once

#include <string_view>

namespace reelbatch::app {

/// What this program was built from, as it was when it was built. Source:
/// cmake/WriteBuildInfo.cmake.
struct BuildInfo {
  std::string_view commit;  // 40 hex digits; empty: not built from a git tree
  bool dirty = false;       // tracked files differed from the commit
};
BuildInfo BuiltFrom();

}  // namespace reelbatch::app
