#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>

namespace reelbatch::app {

/// Tells which names mean the same file, with few questions to the file system where many files lie
/// beside each other: to follow 100 000 paths from the root takes a second. Links that change
/// meanwhile may be seen as they were. Threads: one.
class RealPaths {
 public:
  /// The path without links, absolute; of what is not there, as far as it is there.
  std::string Of(const std::filesystem::path& path);

 private:
  static constexpr size_t kLevels = 2;
  struct Folder {
    std::filesystem::path named;
    std::string real;  // with a slash at the end
  };

  /// The folder that files lie in (level 0), or the one that such folders lie in (level 1).
  const std::string& OfFolder(const std::filesystem::path& folder, size_t level);

  std::array<Folder, kLevels> last_;
};

}  // namespace reelbatch::app
