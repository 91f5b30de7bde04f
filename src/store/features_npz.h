#pragma once

#include <string>

#include "base/result.h"
#include "contracts/features.h"
#include "store/artifact_identity.h"

namespace reelbatch::store {

inline constexpr std::string_view kFeaturesNpzSchema = "reelbatch_features_v1";

/// The arrays in their order, then `meta`. Errors: as Npz().
base::Result<std::string> FeaturesNpz(const contracts::FeatureResult& features,
                                      const ArtifactIdentity& identity);

}  // namespace reelbatch::store
