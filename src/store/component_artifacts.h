#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "contracts/outcome.h"
#include "contracts/run_config.h"
#include "store/artifact_identity.h"
#include "store/stored_component.h"

namespace reelbatch::store {

struct Artifact {
  std::string path;  // one of StoredComponent::files()
  std::string bytes;
};

/// Makes the files of one component. Errors: internal (there is no result, or it is incomplete),
/// out_of_memory.
base::Result<std::vector<Artifact>> MakeArtifacts(const StoredComponent& component,
                                                  const ArtifactIdentity& identity,
                                                  const std::filesystem::path& source,
                                                  const contracts::VideoOutcome& outcome,
                                                  const contracts::RunConfig& config);

}  // namespace reelbatch::store
