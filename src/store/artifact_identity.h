#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json_text.h"
#include "contracts/model.h"
#include "store/identity.h"

namespace reelbatch::store {

/// The identity of an artifact: the component that made it, its input and its settings.
struct ArtifactIdentity {
  ResultIdentity key;
  std::string video_id;
  std::vector<contracts::ModelUsed> models_used = {};

  /// SHA-256 hex of the configuration of the component.
  std::string config_hash() const;
};

/// {"model_name": .., ...} of each.
base::Json ModelsJson(const std::vector<contracts::ModelUsed>& models);

/// The first members of every artifact's `meta`. They are equal for equal results: no program
/// version, no run, and no knobs of other components.
base::Json IdentityMeta(const ArtifactIdentity& identity);

/// Whether a member of `meta` belongs to the identity, now or in artifacts of 0.1.0, and not to the
/// component itself.
bool IsIdentityMember(std::string_view name);

}  // namespace reelbatch::store
