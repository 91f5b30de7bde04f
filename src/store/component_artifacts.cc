#include "store/component_artifacts.h"

#include "base/json_text.h"
#include "store/described_video.h"
#include "store/npz.h"

namespace reelbatch::store {

using base::Json;

namespace {

base::Result<std::string> NpzOf(const contracts::ComponentResult& result,
                                const ArtifactIdentity& identity) {
  Json meta = IdentityMeta(identity);
  if (!result.meta.empty()) {
    const Json own = Json::parse(result.meta, nullptr, false);
    if (!own.is_object())
      return base::Fail(base::Code::kInternal, "its meta is not a JSON object",
                        identity.key.component);
    for (const auto& [name, value] : own.items()) {
      // Who reads the artifact back could not tell the two apart.
      if (IsIdentityMember(name))
        return base::Fail(base::Code::kInternal, "its meta says " + name + ", as its identity does",
                          identity.key.component);
    }
    meta.update(own);
  }
  return Npz(result.arrays, base::OneLine(meta));
}

}  // namespace

base::Result<std::vector<Artifact>> MakeArtifacts(const StoredComponent& component,
                                                  const ArtifactIdentity& identity,
                                                  const std::filesystem::path& source,
                                                  const contracts::VideoOutcome& outcome,
                                                  const contracts::RunConfig& config) {
  const auto result = outcome.results.find(component.name);
  if (result == outcome.results.end())
    return base::Fail(base::Code::kInternal, "has no result to write", component.name);
  auto npz = NpzOf(result->second, identity);
  if (!npz) return std::unexpected(npz.error());
  std::vector<Artifact> artifacts;
  artifacts.push_back({.path = component.npz, .bytes = std::move(*npz)});
  if (!component.document) return artifacts;
  const contracts::EventList events =
      DescribeVideo(source, identity.key.content_sha256, outcome, result->second);
  contracts::RunConfig own = config;
  if (component.own_sampling) own.sampling = *component.own_sampling;
  artifacts.push_back({.path = component.document->file,
                       .bytes = component.document->make({.result = result->second,
                                                          .events = events,
                                                          .config = own,
                                                          .config_hash = identity.config_hash()})});
  return artifacts;
}

}  // namespace reelbatch::store
