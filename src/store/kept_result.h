#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "contracts/outcome.h"
#include "store/manifest.h"
#include "store/stored_component.h"

namespace reelbatch::store {

/// The result of `component` that an attempt which failed leaves as it is: `earlier` is the
/// manifest that lies in `run_folder`, and tells of a finished result of this content whose files
/// are whole and whose used results are still those of `now`. None: there is none.
std::optional<ManifestComponent> KeptResult(const StoredComponent& component,
                                            const Manifest& earlier,
                                            const std::filesystem::path& run_folder,
                                            std::string_view content_sha256, const Manifest& now);

/// Whether an error leaves what `run_folder` holds alone: its manifest tells of a finished result,
/// and the error proves nothing against it. It does only where it is the video's own and the
/// content, known, is another one.
bool KeepsEarlierResult(const std::filesystem::path& run_folder, std::string_view content_sha256,
                        const contracts::Fault& fault);

/// Whether that is a result of another content, which the error of this one may yet prove right.
bool KeepsOtherContent(const std::filesystem::path& run_folder, std::string_view content_sha256,
                       const contracts::Fault& fault);

}  // namespace reelbatch::store
