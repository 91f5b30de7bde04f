#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contracts/model.h"
#include "contracts/outcome.h"
#include "contracts/run_config.h"
#include "store/identity.h"

namespace reelbatch::store {

inline constexpr std::string_view kManifestSchema = "reelbatch_manifest_v1";

/// One file of a component. `path` is relative to the manifest's folder.
struct ArtifactEntry {
  std::string path;
  int64_t bytes = 0;
  std::string sha256;
};

/// One component of a manifest.
struct ManifestComponent {
  IdempotencyKey key;  // content_sha256 is empty where the source could not be read
  std::vector<std::string> notes = {};
  std::vector<ArtifactEntry> artifacts = {};
  std::optional<contracts::Fault> fault =
      std::nullopt;  // its own, where the video's other components have results
  std::optional<contracts::EmptyReason> empty_reason =
      std::nullopt;  // its own; none: the manifest's
  // Written, not read back: contracts::ComponentResult.
  std::string preset = {};
  std::string preset_reason = {};
  std::string knobs = {};
  std::vector<contracts::ModelUsed> models_used = {};  // written, not read back
  std::optional<contracts::BatchingReport> batching =
      std::nullopt;  // written, not read back; none: its units are not batched
};

/// manifest.json of one video and run: what became of it, and what proves that the artifacts are
/// whole.
struct Manifest {
  std::vector<ManifestComponent> components;  // one or more, of one video and content
  std::string run_id;
  contracts::RunConfig config;   // written, not read back
  std::filesystem::path source;  // absolute; any bytes
  std::optional<int64_t> source_bytes;
  contracts::VideoStatus status =
      contracts::VideoStatus::kSuccess;  // of components without a fault of their own; read back:
                                         // kError where one has
  std::optional<contracts::Fault> fault;
  std::optional<contracts::EmptyReason>
      empty_reason;  // of them all; read back: only where each is empty, the first one's
  std::optional<contracts::DecodeReport> decode;  // counts and `truncated` are read back
  std::vector<contracts::ComponentCost> costs;    // not written where the wall clock is a fixed one
  int64_t started_at_ns = 0;
  int64_t finished_at_ns = 0;
  int64_t duration_ns =
      0;  // written as 0 where started and finished are equal: the wall clock is a fixed one
};

/// Indented JSON that ends with a newline. Source: spec, domain, "Artifacts, identity, state".
std::string ManifestDocument(const Manifest& manifest);

/// Errors: corrupt (context is "name: field").
base::Result<Manifest> ParseManifest(std::string_view json, std::string_view name);

}  // namespace reelbatch::store
