#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json_text.h"
#include "contracts/model.h"
#include "store/identity.h"

namespace reelbatch::store {

/// Who made an artifact, from what, with which settings.
struct ArtifactIdentity {
  ResultIdentity key;
  std::string video_id;
  std::vector<contracts::ModelUsed> models_used = {};

  /// SHA-256 hex of the component's own configuration.
  std::string config_hash() const;
};

/// {"model_name": .., ...} of each.
base::Json ModelsJson(const std::vector<contracts::ModelUsed>& models);

/// What every artifact's `meta` begins with. Equal results have equal ones: no program version, no
/// run, nothing of other components' knobs.
base::Json IdentityMeta(const ArtifactIdentity& identity);

/// Whether a member of `meta` is the identity's, now or in artifacts of 0.1.0, and none of what the
/// component itself says.
bool IsIdentityMember(std::string_view name);

}  // namespace reelbatch::store
