#include "store/component_artifacts.h"

#include <array>

#include "store/cut_npz.h"
#include "store/cuts_document.h"
#include "store/cuts_record.h"
#include "store/flow_npz.h"
#include "store/folder_layout.h"

namespace reelbatch::store {
namespace {

constexpr std::array<std::string_view, 2> kCutDetectionFiles = {kNpzFile, kCutsFile};
constexpr std::array<std::string_view, 1> kCoreOpticalFlowFiles = {kFlowFile};

}  // namespace

std::span<const std::string_view> ArtifactFiles(std::string_view component) {
  if (component == kCutDetection) return kCutDetectionFiles;
  if (component == kCoreOpticalFlow) return kCoreOpticalFlowFiles;
  return {};
}

std::string_view ArtifactSchema(std::string_view component) {
  return component == kCoreOpticalFlow ? kFlowNpzSchema : kCutNpzSchema;
}

bool HasResult(std::string_view component, const contracts::VideoOutcome& outcome) {
  return component == kCoreOpticalFlow ? outcome.flow.has_value() : outcome.cuts.has_value();
}

base::Result<std::vector<Artifact>> MakeArtifacts(const ArtifactIdentity& identity,
                                                  const std::filesystem::path& source,
                                                  const contracts::VideoOutcome& outcome,
                                                  const contracts::RunConfig& config) {
  const std::string& component = identity.key.component;
  const bool flow = component == kCoreOpticalFlow;
  base::Result<std::string> npz =
      base::Fail(base::Code::kInternal, "has no result to write", component);
  if (flow && outcome.flow) {
    npz = FlowNpz(*outcome.flow, identity);
  } else if (component == kCutDetection && outcome.cuts) {
    npz = CutNpz(*outcome.cuts, identity);
  }
  if (!npz) return std::unexpected(npz.error());
  std::vector<Artifact> artifacts;
  artifacts.push_back({.path = flow ? kFlowFile : kNpzFile, .bytes = std::move(*npz)});
  if (!flow) {
    const CutsRecord record = MakeCutsRecord(source, identity.key.content_sha256, outcome, config);
    artifacts.push_back({.path = kCutsFile, .bytes = CutsDocument(record)});
  }
  return artifacts;
}

}  // namespace reelbatch::store
