#pragma once

#include <string>
#include <vector>

namespace reelbatch::contracts {

struct ThumbnailSize {
  int width = 0;
  int height = 0;
  friend bool operator==(const ThumbnailSize&, const ThumbnailSize&) = default;
};

/// What a run must know about a component before it runs.
struct ComponentSpec {
  std::string name;
  std::vector<std::string> needs;  // required components: it cannot run without their results
  std::vector<std::string> uses;   // optional components: if they run too, they run first
};

}  // namespace reelbatch::contracts
