#pragma once

#include <string_view>

#include "base/json_text.h"

namespace reelbatch::store {

inline constexpr std::string_view kManifestSchemaV1 = "reelbatch_manifest_v1";

/// The manifest of 0.1.0 as a document of the schema that came after it, with the keys that its
/// results have now. Frozen: what 0.1.0 wrote does not change any more. What is missing or of
/// another type in it is missing in the answer, too; the parser names it. A key says nothing of the
/// files of models, which 0.1.0 did not record.
base::Json ManifestFromV1(const base::Json& document);

}  // namespace reelbatch::store
