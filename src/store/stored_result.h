#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "contracts/component_result.h"
#include "store/stored_component.h"

namespace reelbatch::store {

/// The result of `component` that lies in `run_folder`, as it was when it was written: its arrays,
/// its own part of `meta`, and the events and shots of its document, where it has one. What only
/// the manifest shows (preset, knobs, notes) is not there.
///
/// Errors: io, out_of_memory,
///         corrupt (names the file and what is wrong in it: as ReadNpz(), of the document, or the
///         artifact of another component, content or schema)
base::Result<contracts::ComponentResult> LoadResult(const StoredComponent& component,
                                                    const std::string& content_sha256,
                                                    const std::filesystem::path& run_folder);

}  // namespace reelbatch::store
