#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "contracts/outcome.h"
#include "store/manifest.h"
#include "store/stored_component.h"

namespace reelbatch::store {

/// The result of `component` that a failed attempt leaves as it is: `earlier` is the
/// manifest in `run_folder`, and has a finished result for this content whose files
/// are complete, and which used the same results as `now`. None: there is none.
std::optional<ManifestComponent> KeptResult(const StoredComponent& component,
                                            const Manifest& earlier,
                                            const std::filesystem::path& run_folder,
                                            std::string_view content_sha256, const Manifest& now);

/// Whether an error leaves the contents of `run_folder` alone: its manifest has a finished result,
/// and the error does not invalidate it. It invalidates it only if it is an error of the video
/// itself and the content is known to be another one.
bool KeepsEarlierResult(const std::filesystem::path& run_folder, std::string_view content_sha256,
                        const contracts::Fault& fault);

/// Whether that is a result for other content, which this error may replace.
bool KeepsOtherContent(const std::filesystem::path& run_folder, std::string_view content_sha256,
                       const contracts::Fault& fault);

}  // namespace reelbatch::store
