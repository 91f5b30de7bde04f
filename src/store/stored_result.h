#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "contracts/component_result.h"
#include "store/stored_component.h"

namespace reelbatch::store {

/// Reads the result of `component` in `run_folder`, as it was written: its arrays, its own part of
/// `meta`, and the events and shots of its document, if it has one. Members that only the manifest
/// has (preset, knobs, notes) are missing.
///
/// Errors: io, out_of_memory,
///         corrupt (names the file and what is wrong in it: as ReadNpz(), of the document, or the
///         artifact of another component, content or schema)
base::Result<contracts::ComponentResult> LoadResult(const StoredComponent& component,
                                                    const std::string& content_sha256,
                                                    const std::filesystem::path& run_folder);

}  // namespace reelbatch::store
