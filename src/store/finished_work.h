#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "contracts/outcome.h"
#include "store/identity.h"

namespace reelbatch::store {

/// The outcome that `run_folder` holds for exactly these keys, one a component (status kSkipped),
/// or nothing: no manifest, other keys, an error, or an artifact that is missing or no longer has
/// its recorded bytes. Reads every artifact. Errors: cancelled.
base::Result<std::optional<contracts::VideoOutcome>> FindFinishedWork(
    const std::filesystem::path& run_folder, const std::vector<IdempotencyKey>& keys,
    const base::CancelToken& cancel);

/// Whether an error leaves what `run_folder` holds alone: its manifest tells of a finished result,
/// and the error proves nothing against it. It does only where it is the video's own and the
/// content, known, is another one.
bool KeepsEarlierResult(const std::filesystem::path& run_folder, std::string_view content_sha256,
                        const contracts::Fault& fault);

}  // namespace reelbatch::store
