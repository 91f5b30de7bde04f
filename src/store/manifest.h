#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_text.h"
#include "base/result.h"
#include "contracts/model.h"
#include "contracts/outcome.h"
#include "contracts/run_config.h"
#include "store/identity.h"

namespace reelbatch::store {

inline constexpr std::string_view kManifestSchema = "reelbatch_manifest_v2";

/// One file of a component. `path` is relative to the manifest's folder.
struct ArtifactEntry {
  std::string path;
  int64_t bytes = 0;
  std::string sha256;
};

/// SHA-256 hex over the paths and hashes of a component's files, in their order. The `uses` of
/// other components refer to it.
std::string ResultDigest(const std::vector<ArtifactEntry>& artifacts);

/// One component of a manifest.
struct ManifestComponent {
  ResultIdentity identity = {};    // content_sha256 is empty if the source could not be read
  std::string key = {};            // identity.Key(); as in the file after reading
  std::string result_digest = {};  // as in the file after reading; ResultDigest() is written
  std::string kind = "core";
  std::vector<ArtifactEntry> artifacts = {};
  std::optional<contracts::Fault> fault = std::nullopt;
  std::optional<contracts::EmptyReason> empty_reason = std::nullopt;
  std::vector<contracts::ModelUsed> models_used = {};
  /// The run that made this result, "local/<video_id>/<run_id>"; empty: this run.
  std::string linked_from = {};
  /// The runs that have the results of `identity.uses`, by component; only of components that are
  /// not in this run.
  std::map<std::string, std::string> uses_from = {};
  std::vector<std::string> notes = {};
  // Written, not read back: contracts::ComponentResult.
  std::string preset = {};
  std::string preset_reason = {};
  std::string knobs = {};
  std::optional<contracts::BatchingReport> batching =
      std::nullopt;  // written, not read back; none: its units are not batched
  /// As it was read: it is written again without changes, except key and linked_from.
  std::optional<base::Json> document = std::nullopt;

  bool finished() const { return !fault; }
};

/// manifest.json of one video and run: its outcome, and the hashes that prove that its artifacts
/// are complete.
struct Manifest {
  std::string video_id;
  std::string content_sha256;                 // empty if the source could not be read
  std::vector<ManifestComponent> components;  // one or more, in run order
  std::string run_id;
  contracts::RunConfig config;   // written, not read back
  std::filesystem::path source;  // absolute; any bytes
  std::optional<int64_t> source_bytes;
  std::optional<contracts::DecodeReport> decode;             // counts and `truncated` are read back
  std::optional<base::Json> decode_document = std::nullopt;  // as read; written instead of `decode`
  std::vector<contracts::ComponentCost> costs;  // not written if the wall clock is fixed
  /// Of results that earlier runs made: read from their manifests, and always written.
  std::vector<contracts::ComponentCost> earlier_costs = {};
  int64_t started_at_ns = 0;
  int64_t finished_at_ns = 0;
  int64_t duration_ns =
      0;  // written as 0 if started and finished are equal, because the wall clock is fixed
  /// It was read from a manifest of 0.1.0, which does not have the files of models.
  bool translated = false;

  /// Null: it does not have this component.
  const ManifestComponent* Find(std::string_view component) const;
};

/// Indented JSON that ends with a newline. Source: docs/requirements.md, "Manifest".
std::string ManifestDocument(const Manifest& manifest);

/// Also reads those of 0.1.0 (manifest_v1.h). Errors: corrupt (context is "name: field").
base::Result<Manifest> ParseManifest(std::string_view json, std::string_view name);

}  // namespace reelbatch::store
