#pragma once

#include <filesystem>
#include <optional>

#include "base/cancel.h"
#include "base/result.h"
#include "contracts/outcome.h"
#include "store/identity.h"

namespace reelbatch::store {

/// The outcome that `run_folder` holds for exactly this key (status kSkipped), or nothing: no manifest, another key, an
/// error, or an artifact that is missing or no longer has its recorded bytes. Reads every artifact.
/// Errors: cancelled.
base::Result<std::optional<contracts::VideoOutcome>> FindFinishedWork(
    const std::filesystem::path& run_folder, const IdempotencyKey& key, const base::CancelToken& cancel);

}  // namespace reelbatch::store
