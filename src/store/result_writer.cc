#include "store/result_writer.h"

#include <algorithm>

#include "base/hash.h"
#include "store/artifact_identity.h"
#include "store/component_artifacts.h"
#include "store/kept_result.h"
#include "store/linked_file.h"
#include "store/run_folders.h"

namespace reelbatch::store {
namespace {

namespace fs = std::filesystem;
using contracts::VideoOutcome;

std::optional<contracts::BatchingReport> BatchingOf(const VideoOutcome& outcome,
                                                    const std::string& component) {
  const auto batched = outcome.batching.find(component);
  return batched == outcome.batching.end() ? std::nullopt : std::optional(batched->second);
}

std::optional<contracts::EmptyReason> EmptyReasonOf(const VideoOutcome& outcome,
                                                    const std::string& component) {
  const auto own = outcome.component_empty.find(component);
  return own == outcome.component_empty.end() ? outcome.empty_reason : std::optional(own->second);
}

}  // namespace

void ResultWriter::Remove(const VideoRow& row, const std::string& component) const {
  std::error_code ignored;
  fs::remove_all(Folder(row) / component, ignored);
}

base::Result<std::vector<ArtifactEntry>> ResultWriter::WriteArtifacts(
    const VideoRow& row, const VideoOutcome& outcome, const StoredComponent& component,
    const ResultIdentity& identity) {
  const ArtifactIdentity artifact_identity{
      .key = identity, .video_id = row.video_id, .models_used = component.models_used};
  const auto artifacts =
      MakeArtifacts(component, artifact_identity, row.path, outcome, run_.config);
  if (!artifacts) return std::unexpected(artifacts.error());
  std::vector<ArtifactEntry> entries;
  for (const auto& [path, bytes] : *artifacts) {
    const fs::path file = Folder(row) / path;
    if (auto made = base::MakeFolders(file.parent_path()); !made)
      return std::unexpected(made.error());
    // Nothing is written to where somebody's link leads.
    std::error_code error;
    if (fs::is_symlink(file, error)) fs::remove(file, error);
    if (auto written = base::WriteFileAtomically(file, bytes, Atomic()); !written)
      return std::unexpected(written.error());
    ArtifactEntry entry{path, static_cast<int64_t>(bytes.size()), base::Sha256Hex(bytes)};
    auto noted = journal_.Append("artifact_written", {{"video_id", row.video_id},
                                                      {"run_id", run_.run_id},
                                                      {"path", entry.path},
                                                      {"bytes", entry.bytes},
                                                      {"sha256", entry.sha256}});
    if (!noted) return std::unexpected(noted.error());
    entries.push_back(std::move(entry));
  }
  return entries;
}

base::Result<ManifestComponent> ResultWriter::Write(const VideoRow& row,
                                                    const VideoOutcome& outcome,
                                                    const StoredComponent& component,
                                                    const ResultIdentity& identity) {
  ManifestComponent made{.identity = identity,
                         .key = identity.Key(),
                         .kind = component.kind,
                         .artifacts = {},
                         .models_used = component.models_used,
                         .batching = BatchingOf(outcome, component.name)};
  if (const auto failed = outcome.component_faults.find(component.name);
      failed != outcome.component_faults.end()) {
    Remove(row, component.name);
    made.fault = failed->second;
    return made;
  }
  auto artifacts = WriteArtifacts(row, outcome, component, identity);
  if (!artifacts) return std::unexpected(artifacts.error());
  made.artifacts = std::move(*artifacts);
  made.empty_reason = EmptyReasonOf(outcome, component.name);
  const contracts::ComponentResult& result = outcome.results.at(component.name);
  made.preset = result.preset;
  made.preset_reason = result.preset_reason;
  made.knobs = result.knobs;
  made.notes = result.notes;
  return made;
}

base::Status ResultWriter::TakeOver(const VideoRow& row, const FoundComponent& found) {
  if (found.run_id == run_.run_id) return {};
  const fs::path from = run_.layout.Run(row.video_id, found.run_id);
  for (const ArtifactEntry& entry : found.made.artifacts) {
    const fs::path file = Folder(row) / entry.path;
    if (auto made = base::MakeFolders(file.parent_path()); !made) return made;
    if (auto linked = LinkFile(from / entry.path, file, Atomic()); !linked) return linked;
    auto noted = journal_.Append("artifact_linked", {{"video_id", row.video_id},
                                                     {"run_id", run_.run_id},
                                                     {"path", entry.path},
                                                     {"linked_from", found.made.linked_from}});
    if (!noted) return noted;
  }
  return {};
}

base::Result<bool> ResultWriter::WriteResult(const VideoRow& row, const VideoOutcome& outcome,
                                             const FoundWork& found) {
  Manifest manifest;
  const auto before = ReadManifest(Folder(row));
  bool kept_any = false;
  for (const StoredComponent& component : run_.components) {
    const auto earlier = found.components.find(component.name);
    if (earlier != found.components.end()) {
      if (auto taken = TakeOver(row, earlier->second); !taken)
        return std::unexpected(taken.error());
      manifest.components.push_back(earlier->second.made);
      std::ranges::copy(earlier->second.costs, std::back_inserter(manifest.earlier_costs));
      continue;
    }
    if (before && outcome.component_faults.contains(component.name)) {
      auto kept = KeptResult(component, *before, Folder(row), row.sha256, manifest);
      if (kept) {
        manifest.components.push_back(std::move(*kept));
        std::ranges::copy(CostsOf(*before, component.name),
                          std::back_inserter(manifest.earlier_costs));
        kept_any = true;
        continue;
      }
    }
    const auto taken = TakenFromOutside(component.name, run_.outside, found);
    std::map<std::string, std::string> uses;
    for (const auto& [other, result] : taken) uses.emplace(other, result->digest());
    for (const std::string& used : component.uses) {
      const ManifestComponent* const made = manifest.Find(used);
      if (made != nullptr && made->finished()) uses.emplace(used, ResultDigest(made->artifacts));
    }
    const StoredComponent as_made = WithOutside(component, run_.outside, found);
    auto made = Write(row, outcome, as_made, IdentityOf(as_made, row.sha256, std::move(uses)));
    if (!made) return std::unexpected(made.error());
    for (const OutsideComponent& outside : run_.outside) {
      const auto refused = found.outside_refused.find(outside.component.name);
      if (refused != found.outside_refused.end() && outside.is_taken_by(component.name))
        made->notes.push_back(refused->second);
    }
    for (const auto& [other, result] : taken) {
      const std::string from = result->from(row.video_id);
      if (!result->differences.empty())
        made->notes.push_back(fmt::format("{} of {} was made with {}", other, from,
                                          DifferencesText(result->differences)));
      made->uses_from.emplace(other, from);
    }
    manifest.components.push_back(std::move(*made));
  }
  const bool decoded = outcome.decode && outcome.decode->frames_decoded > 0;
  if (!decoded) {
    manifest.decode_document = found.decode_document;
    std::ranges::copy(found.decode_costs, std::back_inserter(manifest.earlier_costs));
  }
  if (auto synced = journal_.Sync(); !synced) return std::unexpected(synced.error());
  if (auto written = WriteManifest(row, outcome, std::move(manifest)); !written)
    return std::unexpected(written.error());
  return kept_any;
}

base::Status ResultWriter::WriteError(const VideoRow& row, const VideoOutcome& outcome) {
  Manifest manifest;
  for (const StoredComponent& component : run_.components) {
    manifest.components.push_back({.identity = IdentityOf(component, row.sha256, {}),
                                   .key = {},
                                   .kind = component.kind,
                                   .artifacts = {},
                                   .fault = outcome.fault});
  }
  if (auto written = WriteManifest(row, outcome, std::move(manifest)); !written) return written;
  // What an earlier run made of another content, or a killed one left half-made, is no result of
  // this one.
  for (const StoredComponent& component : run_.components) Remove(row, component.name);
  return {};
}

base::Status ResultWriter::WriteManifest(const VideoRow& row, const VideoOutcome& outcome,
                                         Manifest manifest) {
  manifest.video_id = row.video_id;
  manifest.content_sha256 = row.sha256;
  manifest.run_id = run_.run_id;
  manifest.config = run_.config;
  manifest.source = row.path;
  if (row.stat) manifest.source_bytes = row.stat->size;
  manifest.decode = outcome.decode;
  manifest.costs = outcome.costs;
  manifest.started_at_ns = outcome.started_at_ns;
  manifest.finished_at_ns = outcome.finished_at_ns;
  manifest.duration_ns = outcome.duration_ns;
  if (auto made = base::MakeFolders(Folder(row)); !made) return made;
  return base::WriteFileAtomically(Folder(row) / kManifestFile, ManifestDocument(manifest),
                                   Atomic());
}

}  // namespace reelbatch::store
