#pragma once

#include <string>
#include <vector>

namespace reelbatch::contracts {

struct ThumbnailSize {
  int width = 0;
  int height = 0;
  friend bool operator==(const ThumbnailSize&, const ThumbnailSize&) = default;
};

/// What a component is to a run, without running it.
struct ComponentSpec {
  std::string name;
  std::vector<std::string> needs;  // hard edges: it cannot run without them
  std::vector<std::string> uses;   // optional edges: where they run too, they come first
};

}  // namespace reelbatch::contracts
