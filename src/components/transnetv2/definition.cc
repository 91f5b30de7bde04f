#include "components/definition.h"

#include "components/transnetv2/packing.h"
#include "components/transnetv2/transnetv2.h"
#include "components/transnetv2/window.h"

namespace reelbatch::components {
namespace {

TransNetV2Options OptionsFor(const VideoRequest& request) {
  return {.analysis_fps = request.config.sampling.analysis_fps,
          .every = request.config.sampling.every};
}

StageDefinition WindowStage() {
  using namespace transnetv2;
  StageDefinition stage;
  stage.wanted.used.model_name = "transnetv2";
  stage.wanted.inputs = {{.name = "frames",
                          .type = contracts::ElementType::kUint8,
                          .shape = {-1, kWindowFrames, kFrameHeight, kFrameWidth, 3}}};
  stage.wanted.outputs = {{.name = "single", .shape = {-1, kWindowFrames}},
                          {.name = "many", .shape = {-1, kWindowFrames}}};
  stage.packing = MakePacking;
  stage.sample.data.resize(kWindowBytes);
  for (size_t k = 0; k < stage.sample.data.size(); ++k)
    stage.sample.data[k] = static_cast<std::byte>(k * 7 + k / kFrameBytes);
  stage.expected = [](const VideoRequest& request, double frames) -> ExpectedUnits {
    return {.key = TransNetV2Key(OptionsFor(request)), .units = TransNetV2Units(frames)};
  };
  return stage;
}

}  // namespace

ComponentDefinition TransNetV2Definition() {
  return {.name = std::string(kTransNetV2Name),
          .version = std::string(kTransNetV2Version),
          .thumbnail = kTransNetV2Thumbnail,
          .make = [](const VideoRequest& request) -> std::unique_ptr<Component> {
            return MakeTransNetV2(OptionsFor(request));
          },
          .stages = {WindowStage()}};
}

}  // namespace reelbatch::components
