#include "apps/reelbatch/catalog.h"

#include <algorithm>

#include "apps/reelbatch/models/model_components.h"
#include "apps/reelbatch/pipeline.h"
#include "components/core_optical_flow/core_optical_flow.h"
#include "components/cut_detection/cut_arrays.h"
#include "components/cut_detection/cut_detection.h"
#include "components/transnetv2/transnetv2.h"
#include "store/cuts_document.h"

namespace reelbatch::app {

using contracts::Reuse;
using contracts::RunConfig;
using contracts::VideoInfo;

Catalog Catalog::Builtin() {
  const std::string cuts(components::kCutDetectionName);
  const std::string flow(components::kCoreOpticalFlowName);
  const std::string net(components::kTransNetV2Name);
  Catalog catalog;
  catalog.Add(
      {.name = cuts,
       .version = std::string(components::kCutDetectionVersion),
       .settings = {"parts", "preset", "emergency_fast", "deadline", "decision", "flow_reuse",
                    "transnetv2_reuse", "min_confidence", "ssim_range", "loop_filter", "sampling"},
       .schema = std::string(components::kCutNpzSchema),
       .document = store::CutsFile(cuts + "/cuts.json"),
       .spec =
           [cuts, flow, net](const RunConfig& config) {
             contracts::ComponentSpec spec{.name = cuts, .needs = {}, .uses = {}};
             for (const auto& [reuse, name] :
                  {std::pair(config.flow_reuse, flow), std::pair(config.transnetv2_reuse, net)}) {
               if (reuse == Reuse::kPrefer) spec.uses.push_back(name);
               if (reuse == Reuse::kRequire) spec.needs.push_back(name);
             }
             return spec;
           },
       .make =
           [](const RunConfig& config, const VideoInfo& info) {
             return components::MakeCutDetection(KnobsFor(config, info));
           }});
  catalog.Add({.name = flow,
               .version = std::string(components::kCoreOpticalFlowVersion),
               // The preset decides on the size of the plane that flow is computed on.
               .settings = {"preset", "emergency_fast", "deadline", "loop_filter", "sampling"},
               .schema = "core_optical_flow_npz_v1",
               .npz = "flow.npz",
               .spec =
                   [flow](const RunConfig&) {
                     return contracts::ComponentSpec{.name = flow, .needs = {}, .uses = {}};
                   },
               .make =
                   [](const RunConfig& config, const VideoInfo& info) {
                     return components::MakeCoreOpticalFlow(KnobsFor(config, info).flow_max_side);
                   }});
  AddModelComponents(catalog);
  return catalog;
}

const CatalogComponent* Catalog::Find(std::string_view name) const {
  const auto place = std::ranges::find(components_, name, &CatalogComponent::name);
  return place == components_.end() ? nullptr : &*place;
}

std::vector<std::string> Catalog::Names() const {
  std::vector<std::string> names;
  for (const CatalogComponent& component : components_) names.push_back(component.name);
  return names;
}

}  // namespace reelbatch::app
