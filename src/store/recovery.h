#pragma once

#include "base/result.h"
#include "store/folder_layout.h"
#include "store/state_db.h"

namespace reelbatch::store {

/// Fills a fresh state from the manifests in the folder: which path has which video id. What is
/// finished is decided by manifests and hashes anyway. Manifests that cannot be read are passed
/// over: their videos are done again. Errors: io, unavailable (of the state).
base::Status RebuildState(const FolderLayout& layout, StateDb& state);

}  // namespace reelbatch::store
