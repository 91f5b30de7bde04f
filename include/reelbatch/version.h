#pragma once

#include <string_view>

#include "reelbatch/export.h"

#define REELBATCH_VERSION_MAJOR 0
#define REELBATCH_VERSION_MINOR 1
#define REELBATCH_VERSION_PATCH 0

namespace reelbatch {

/// Note [Binary compatibility]: the interface uses types of the standard library (std::string,
/// std::vector, std::expected). Build your program and the library with the same compiler, the same
/// standard library and C++23. Before version 1, every minor version may change the interface; the
/// name of the shared library has the major and minor version. A patch version changes neither the
/// headers nor the layout of types. There is no C interface.

/// The version of the library at run time, for example "0.1.0".
REELBATCH_API std::string_view LibraryVersion();

/// Whether the library at run time was built for these headers. A program that loads the library
/// itself (for example with dlopen) should check this once, before any other call.
inline bool VersionMatches() {
  constexpr std::string_view kPrefix = "0.1.";
  return LibraryVersion().starts_with(kPrefix);
}

}  // namespace reelbatch
