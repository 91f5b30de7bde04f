#include "store/recovery.h"

#include "store/run_folders.h"

namespace reelbatch::store {
namespace {

base::Status AddFromManifests(const FolderLayout& layout, StateDb& state) {
  for (const RunFolder& run : RunFolders(layout)) {
    const auto manifest = ReadManifest(run.path);
    if (!manifest || manifest->video_id != run.video_id) continue;
    if (auto added = state.AddVideo(manifest->source, manifest->video_id); !added) return added;
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
