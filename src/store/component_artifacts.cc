#include "store/component_artifacts.h"

#include "store/cut_npz.h"
#include "store/cuts_document.h"
#include "store/cuts_record.h"
#include "store/features_npz.h"
#include "store/flow_npz.h"
#include "store/folder_layout.h"

namespace reelbatch::store {
namespace {

bool IsCuts(std::string_view component) { return component == kCutDetection; }
bool IsFlow(std::string_view component) { return component == kCoreOpticalFlow; }

base::Result<std::string> NpzOf(const ArtifactIdentity& identity,
                                const contracts::VideoOutcome& outcome) {
  const std::string& component = identity.key.component;
  if (!HasResult(component, outcome))
    return base::Fail(base::Code::kInternal, "has no result to write", component);
  if (IsFlow(component)) return FlowNpz(*outcome.flow, identity);
  if (IsCuts(component)) return CutNpz(*outcome.cuts, identity);
  return FeaturesNpz(outcome.features.at(component), identity);
}

}  // namespace

std::vector<std::string> ArtifactFiles(std::string_view component) {
  if (IsCuts(component)) return {std::string(kNpzFile), std::string(kCutsFile)};
  if (IsFlow(component)) return {std::string(kFlowFile)};
  const std::string name(component);
  return {name + "/" + name + ".npz"};
}

std::string_view ArtifactSchema(std::string_view component) {
  if (IsCuts(component)) return kCutNpzSchema;
  return IsFlow(component) ? kFlowNpzSchema : kFeaturesNpzSchema;
}

bool HasResult(std::string_view component, const contracts::VideoOutcome& outcome) {
  if (IsCuts(component)) return outcome.cuts.has_value();
  return IsFlow(component) ? outcome.flow.has_value() : outcome.features.contains(component);
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
