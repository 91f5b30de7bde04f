#pragma once

#include <string_view>

#include "reelbatch/export.h"

#define REELBATCH_VERSION_MAJOR 0
#define REELBATCH_VERSION_MINOR 1
#define REELBATCH_VERSION_PATCH 0

namespace reelbatch {

/// Note [Binary compatibility]: the headers pass standard library types (std::string, std::vector,
/// std::expected), so a program and the library are built by the same compiler, with the same
/// standard library and in C++23. Before version 1 every minor version may change the interface,
/// and the shared library's name carries major and minor version; a patch version changes neither
/// headers nor layout. There is no C interface.

/// The version of the library that the program runs with: "0.1.0".
REELBATCH_API std::string_view LibraryVersion();

/// Whether the library is one that was built for these headers. A program that loads the library
/// in a way of its own asks once, before anything else.
inline bool VersionMatches() {
  constexpr std::string_view kPrefix = "0.1.";
  return LibraryVersion().starts_with(kPrefix);
}

}  // namespace reelbatch
