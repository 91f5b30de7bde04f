#include "store/recovery.h"

#include <algorithm>

#include "base/atomic_file.h"
#include "store/manifest.h"

namespace reelbatch::store {
namespace {

namespace fs = std::filesystem;

/// Sub-folders by name, so that a rebuild does not depend on the order of the directory.
std::vector<fs::path> SubFolders(const fs::path& folder) {
  std::vector<fs::path> folders;
  std::error_code ignored;
  for (auto entry = fs::directory_iterator(folder, ignored); entry != fs::directory_iterator();
       entry.increment(ignored)) {
    if (entry->is_directory(ignored)) folders.push_back(entry->path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

base::Status AddFromManifests(const FolderLayout& layout, StateDb& state) {
  for (const fs::path& video : SubFolders(layout.videos())) {
    for (const fs::path& run : SubFolders(video)) {
      const fs::path file = run / kManifestFile;
      const auto text = base::ReadWholeFile(file);
      if (!text) continue;
      const auto manifest = ParseManifest(*text, file.native());
      if (!manifest || manifest->components.front().key.video_id != video.filename().native())
        continue;
      auto added = state.AddVideo(manifest->source, manifest->components.front().key.video_id);
      if (!added) return added;
    }
  }
  return {};
}

}  // namespace

base::Status RebuildState(const FolderLayout& layout, StateDb& state) {
  if (auto begun = state.Begin(); !begun) return begun;
  if (auto added = AddFromManifests(layout, state); !added) {
    state.Rollback();
    return added;
  }
  return state.Commit();
}

}  // namespace reelbatch::store
