#include "apps/reelbatch/models/known_models.h"

#include <vector>

#include "components/speech_activity/speech_activity.h"
#include "components/speech_activity/speech_windows.h"
#include "components/transnetv2/transnetv2.h"
#include "components/transnetv2/window.h"

namespace reelbatch::app {
namespace {

using contracts::ElementType;

KnownModel TransNetV2() {
  namespace net = components::transnetv2;
  KnownModel known{.component = std::string(components::kTransNetV2Name)};
  known.wanted.used.model_name = "transnetv2";
  known.wanted.inputs = {
      {.name = "frames",
       .type = ElementType::kUint8,
       .shape = {-1, net::kWindowFrames, net::kFrameHeight, net::kFrameWidth, 3}}};
  known.wanted.outputs = {{.name = "single", .shape = {-1, net::kWindowFrames}},
                          {.name = "many", .shape = {-1, net::kWindowFrames}}};
  return known;
}

KnownModel SileroVad() {
  KnownModel known{.component = std::string(components::kSpeechActivityName)};
  known.wanted.used.model_name = "silero_vad";
  known.wanted.inputs = {
      {.name = "input", .shape = {-1, static_cast<int64_t>(components::kSpeechUnit)}},
      {.name = "state", .shape = {-1, 2, 128}}};
  known.wanted.outputs = {{.name = "output", .shape = {-1, 1}},
                          {.name = "stateN", .shape = {-1, 2, 128}}};
  return known;
}

}  // namespace

std::span<const KnownModel> KnownModels() {
  static const std::vector<KnownModel> models{TransNetV2(), SileroVad()};
  return models;
}

}  // namespace reelbatch::app
