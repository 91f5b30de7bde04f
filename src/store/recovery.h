#pragma once

#include "base/result.h"
#include "store/folder_layout.h"
#include "store/state_db.h"

namespace reelbatch::store {

/// Fills a new state from the manifests in the folder: which path has which video id. Manifests and
/// hashes decide what is finished. Manifests that cannot be read are skipped, so their videos are
/// processed again. Errors: io, unavailable (of the state).
base::Status RebuildState(const FolderLayout& layout, StateDb& state);

}  // namespace reelbatch::store
