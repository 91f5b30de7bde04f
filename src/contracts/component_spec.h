#pragma once

#include <optional>
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
  /// The small RGB picture that it wants of every frame (image::StampedFrame::thumbnail). A run
  /// makes one size.
  std::optional<ThumbnailSize> thumbnail = std::nullopt;
};

}  // namespace reelbatch::contracts
