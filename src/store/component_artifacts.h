#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contracts/outcome.h"
#include "contracts/run_config.h"
#include "store/artifact_identity.h"

namespace reelbatch::store {

/// The files of a component, relative to the run's folder.
std::vector<std::string> ArtifactFiles(std::string_view component);
/// The schema that goes into its idempotency key.
std::string_view ArtifactSchema(std::string_view component);

struct Artifact {
  std::string path;  // one of ArtifactFiles()
  std::string bytes;
};

/// The files of one component. Errors: internal (no result; a result that is not whole),
/// out_of_memory.
base::Result<std::vector<Artifact>> MakeArtifacts(const ArtifactIdentity& identity,
                                                  const std::filesystem::path& source,
                                                  const contracts::VideoOutcome& outcome,
                                                  const contracts::RunConfig& config);

}  // namespace reelbatch::store
