#include "store/recovery.h"

#include "store/identity.h"
#include "store/run_folders.h"
#include "store/video_ids.h"

namespace reelbatch::store {
namespace {

base::Status AddFromManifests(const FolderLayout& layout, StateDb::Batch& batch) {
  for (const RunFolder& run : RunFolders(layout)) {
    const auto manifest = ReadManifest(run.path);
    if (!manifest || manifest->video_id != run.video_id) continue;
    const std::string lower_stem = LowerAscii(SafeStem(manifest->source));
    auto added = batch.AddVideo({.path = manifest->source.native(),
                                 .video_id = manifest->video_id,
                                 .lower_stem = lower_stem},
                                nullptr);
    if (!added) return added;
  }
  return {};
}

}  // namespace

base::Status RebuildState(const FolderLayout& layout, StateDb& state) {
  return state.InOneTransaction(
      [&](StateDb::Batch& batch) { return AddFromManifests(layout, batch); });
}

}  // namespace reelbatch::store
