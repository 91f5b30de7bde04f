#pragma once

#include <string_view>

#include "base/json_text.h"

namespace reelbatch::store {

inline constexpr std::string_view kManifestSchemaV1 = "reelbatch_manifest_v1";

/// Converts a manifest of 0.1.0 to the schema that came after it, with the keys that its
/// results have now. Frozen: 0.1.0 does not change any more. Members that are missing or have
/// another type are missing in the result, too; the parser reports them. A key has nothing about
/// the files of models, which 0.1.0 did not record.
base::Json ManifestFromV1(const base::Json& document);

}  // namespace reelbatch::store
