#include "store/component_artifacts.h"

#include "base/json_text.h"
#include "store/cuts_document.h"
#include "store/cuts_record.h"
#include "store/folder_layout.h"
#include "store/npz.h"

namespace reelbatch::store {

using base::Json;
using base::OneLine;
namespace {

bool IsCuts(std::string_view component) { return component == kCutDetection; }
bool IsFlow(std::string_view component) { return component == kCoreOpticalFlow; }

base::Result<std::string> NpzOf(const ArtifactIdentity& identity,
                                const contracts::VideoOutcome& outcome) {
  const std::string& component = identity.key.component;
  const auto result = outcome.results.find(component);
  if (result == outcome.results.end())
    return base::Fail(base::Code::kInternal, "has no result to write", component);
  Json meta = IdentityMeta(identity);
  if (!result->second.meta.empty()) {
    const Json own = Json::parse(result->second.meta, nullptr, false);
    if (!own.is_object())
      return base::Fail(base::Code::kInternal, "its meta is no JSON object", component);
    meta.update(own);
  }
  return Npz(result->second.arrays, OneLine(meta));
}

}  // namespace

std::vector<std::string> ArtifactFiles(std::string_view component) {
  if (IsCuts(component)) return {std::string(kNpzFile), std::string(kCutsFile)};
  if (IsFlow(component)) return {std::string(kFlowFile)};
  const std::string name(component);
  return {name + "/" + name + ".npz"};
}

std::string_view ArtifactSchema(std::string_view component) {
  if (IsCuts(component)) return "cut_detection_model_facing_npz_v1";
  return IsFlow(component) ? "core_optical_flow_npz_v1" : "reelbatch_features_v1";
}

base::Result<std::vector<Artifact>> MakeArtifacts(const ArtifactIdentity& identity,
                                                  const std::filesystem::path& source,
                                                  const contracts::VideoOutcome& outcome,
                                                  const contracts::RunConfig& config) {
  const std::string& component = identity.key.component;
  auto npz = NpzOf(identity, outcome);
  if (!npz) return std::unexpected(npz.error());
  std::vector<Artifact> artifacts;
  artifacts.push_back({.path = ArtifactFiles(component).front(), .bytes = std::move(*npz)});
  if (IsCuts(component)) {
    CutsRecord record = MakeCutsRecord(source, identity.key.content_sha256, outcome, config);
    record.config_hash = identity.config_hash();
    artifacts.push_back({.path = std::string(kCutsFile), .bytes = CutsDocument(record)});
  }
  return artifacts;
}

}  // namespace reelbatch::store
