#include "apps/reelbatch/models/model_components.h"

#include <algorithm>
#include <string>
#include <utility>

#include "apps/reelbatch/models/known_models.h"
#include "components/speech_activity/speech_activity.h"
#include "components/speech_activity/speech_packing.h"
#include "components/speech_activity/speech_windows.h"
#include "components/transnetv2/packing.h"
#include "components/transnetv2/transnetv2.h"
#include "components/transnetv2/window.h"
#include "runtime/tensor_model.h"

namespace reelbatch::app {
namespace {

using contracts::RunConfig;
using contracts::VideoInfo;

/// What a component's model is beside its packing.
struct ModelComponent {
  const KnownModel& known;
  std::string owner;
  bool in_order = false;
  measure::SampleUnit sample = {};
};

const KnownModel& KnownOf(std::string_view component) {
  return *std::ranges::find(KnownModels(), component, &KnownModel::component);
}

using MakePacking = std::unique_ptr<components::TensorPacking> (*)();

std::function<base::Result<CatalogModel>(const ModelDoor&)> ModelOf(ModelComponent of,
                                                                    MakePacking packing) {
  return [of = std::move(of), packing](const ModelDoor& door) -> base::Result<CatalogModel> {
    auto model = door.Open(of.known.wanted);
    if (!model) return std::unexpected(model.error());
    const contracts::ModelDescription& description = (*model)->description();
    CatalogModel made{.model = nullptr,
                      .in_order = of.in_order,
                      .used = {description.used},
                      .endpoint = door.endpoint(),
                      .max_batch = description.max_batch > 0
                                       ? std::min(of.known.max_batch, description.max_batch)
                                       : of.known.max_batch,
                      .owner = of.owner,
                      .sample = of.sample,
                      .cost = {}};
    made.cost = [&door, cap = made.max_batch, name = of.known.wanted.used.model_name](
                    const contracts::BatchKey& key) -> base::Result<planning::BatchCost> {
      auto cost = door.Cost(name, key);
      if (cost) cost->max_batch = std::min(cost->max_batch, cap);
      return cost;
    };
    made.model = std::make_unique<runtime::TensorModel>(std::move(*model), packing());
    return made;
  };
}

CatalogComponent TransNetV2() {
  namespace net = components::transnetv2;
  const std::string name(components::kTransNetV2Name);
  ModelComponent of{.known = KnownOf(name), .owner = "visual"};
  of.sample.data.resize(net::kWindowBytes);
  for (size_t k = 0; k < of.sample.data.size(); ++k)
    of.sample.data[k] = static_cast<std::byte>(k * 7 + k / 3888);
  return {.name = name,
          .version = std::string(components::kTransNetV2Version),
          .spec =
              [name](const RunConfig&) {
                return contracts::ComponentSpec{.name = name,
                                                .needs = {},
                                                .uses = {},
                                                .thumbnail = components::kTransNetV2Thumbnail};
              },
          .make = [](const RunConfig& config,
                     const VideoInfo&) -> std::unique_ptr<components::Component> {
            return components::MakeTransNetV2({.analysis_fps = config.sampling.analysis_fps});
          },
          .model = ModelOf(std::move(of), net::MakePacking),
          .units = [](const RunConfig& config, const VideoInfo&, double frames) -> CatalogUnits {
            return {
                .key = components::TransNetV2Key({.analysis_fps = config.sampling.analysis_fps}),
                .units = components::TransNetV2Units(frames)};
          }};
}

CatalogComponent SpeechActivity() {
  const std::string name(components::kSpeechActivityName);
  ModelComponent of{.known = KnownOf(name), .owner = "audio", .in_order = true};
  of.sample.data.resize(components::kSpeechUnit * sizeof(float));
  of.sample.state.resize(components::kSpeechState * sizeof(float));
  return {.name = name,
          .version = std::string(components::kSpeechActivityVersion),
          .settings = {"sampling.start_s", "sampling.end_s", "sampling.stream"},
          .spec =
              [name](const RunConfig&) {
                return contracts::ComponentSpec{.name = name, .needs = {}, .uses = {}};
              },
          .make = [](const RunConfig&, const VideoInfo&) -> std::unique_ptr<components::Component> {
            return components::MakeSpeechActivity({});
          },
          .model = ModelOf(std::move(of),
                           []() -> std::unique_ptr<components::TensorPacking> {
                             return std::make_unique<components::SpeechPacking>();
                           }),
          .units = [](const RunConfig& config, const VideoInfo& info, double) -> CatalogUnits {
            const double start_s = config.sampling.start_s.value_or(0);
            const double late_s = info.start_time_s - info.player_start_s;
            const double end_s =
                std::min(config.sampling.end_s.value_or(1e9), late_s + info.duration_s.value_or(0));
            const double heard_s = info.has_audio ? std::max(0.0, end_s - start_s) : 0;
            return {.key = components::SpeechActivityKey({}),
                    .units = static_cast<int>(components::SpeechActivityUnits(heard_s))};
          }};
}

}  // namespace

void AddModelComponents(Catalog& catalog) {
  catalog.Add(TransNetV2());
  catalog.Add(SpeechActivity());
}

}  // namespace reelbatch::app
