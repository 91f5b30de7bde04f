#include "apps/reelbatch/stored_components.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "components/core_optical_flow/core_optical_flow.h"
#include "components/cut_detection/cut_detection.h"
#include "components/speech_activity/speech_activity.h"
#include "store/component_artifacts.h"
#include "store/identity.h"

namespace reelbatch::app {
namespace {

constexpr std::array<std::string_view, 11> kCutKnobs = {
    "parts",      "preset",      "emergency_fast",   "deadline",
    "decision",   "flow_reuse",  "transnetv2_reuse", "min_confidence",
    "ssim_range", "loop_filter", "sampling"};
/// The preset decides on the size of the plane that the flow is computed on.
constexpr std::array<std::string_view, 5> kFlowKnobs = {"preset", "emergency_fast", "deadline",
                                                        "loop_filter", "sampling"};
constexpr std::array<std::string_view, 3> kSoundKnobs = {"sampling.start_s", "sampling.end_s",
                                                         "sampling.stream"};
/// Of a component without knobs of its own that looks at frames.
constexpr std::array<std::string_view, 2> kFrameKnobs = {"loop_filter", "sampling"};

std::span<const std::string_view> KnobsOf(std::string_view component) {
  if (component == components::kCutDetectionName) return kCutKnobs;
  if (component == components::kCoreOpticalFlowName) return kFlowKnobs;
  if (component == components::kSpeechActivityName) return kSoundKnobs;
  return kFrameKnobs;
}

/// Those of the run, in its order.
std::vector<std::string> UsedBy(const CatalogComponent& component,
                                const contracts::RunConfig& config) {
  const contracts::ComponentSpec spec = component.spec(config);
  std::vector<std::string> used;
  for (const std::string& other : config.components) {
    for (const auto& edges : {spec.needs, spec.uses}) {
      if (std::ranges::find(edges, other) != edges.end()) used.push_back(other);
    }
  }
  return used;
}

}  // namespace

std::vector<store::StoredComponent> StoredComponents(const contracts::RunConfig& config,
                                                     const Catalog& catalog,
                                                     const BatchSetup& batching) {
  const auto models = batching.ModelsUsed(config);
  std::vector<store::StoredComponent> stored;
  for (const std::string& name : config.components) {
    const CatalogComponent& component = *catalog.Find(name);
    const std::vector<std::string> used = UsedBy(component, config);
    std::vector<std::string> with_it = used;
    with_it.push_back(name);
    stored.push_back({.name = name,
                      .version = component.version,
                      .schema = std::string(store::ArtifactSchema(name)),
                      .files = store::ArtifactFiles(name),
                      .config = store::ComponentConfig(config, with_it, KnobsOf(name)),
                      .uses = used});
    if (const auto of_it = models.find(name); of_it != models.end())
      stored.back().models_used = of_it->second;
  }
  return stored;
}

}  // namespace reelbatch::app
