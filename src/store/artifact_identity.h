#pragma once

#include <optional>
#include <string>

#include "base/json_text.h"
#include "store/identity.h"

namespace reelbatch::store {

/// Who made an artifact, from what, with which settings.
struct ArtifactIdentity {
  IdempotencyKey key;
  std::string run_id;
  bool loop_filter_skipped = false;
  std::optional<contracts::CropRect> crop = std::nullopt;  // Sampling::crop
};

/// What every artifact's `meta` begins with.
base::Json IdentityMeta(const ArtifactIdentity& identity);

}  // namespace reelbatch::store
