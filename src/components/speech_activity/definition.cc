#include "components/definition.h"

#include <algorithm>

#include "components/speech_activity/speech_activity.h"
#include "components/speech_activity/speech_packing.h"
#include "components/speech_activity/speech_windows.h"

namespace reelbatch::components {
namespace {

/// Seconds of sound within the run's range; it counts from where players do.
double HeardSeconds(const VideoRequest& request) {
  const contracts::VideoInfo& info = request.info;
  const contracts::Sampling& sampling = request.config.sampling;
  constexpr double kForever = 1e9;
  const double late_s = info.start_time_s - info.player_start_s;
  const double end_s =
      std::min(sampling.end_s.value_or(kForever), late_s + info.duration_s.value_or(0));
  return info.has_audio ? std::max(0.0, end_s - sampling.start_s.value_or(0)) : 0;
}

StageDefinition SpeechStage() {
  StageDefinition stage;
  stage.wanted.used.model_name = "silero_vad";
  stage.wanted.inputs = {{.name = "input", .shape = {-1, static_cast<int64_t>(kSpeechUnit)}},
                         {.name = "state", .shape = {-1, 2, 128}}};
  stage.wanted.outputs = {{.name = "output", .shape = {-1, 1}},
                          {.name = "stateN", .shape = {-1, 2, 128}}};
  stage.packing = [] { return std::make_unique<SpeechPacking>(); };
  stage.in_order = true;
  stage.sample.data.resize(kSpeechUnit * sizeof(float));
  stage.sample.state.resize(kSpeechState * sizeof(float));
  stage.expected = [](const VideoRequest& request, double) -> ExpectedUnits {
    return {.key = SpeechActivityKey({}),
            .units = static_cast<int>(SpeechActivityUnits(HeardSeconds(request)))};
  };
  return stage;
}

}  // namespace

ComponentDefinition SpeechActivityDefinition() {
  return {.name = std::string(kSpeechActivityName),
          .version = std::string(kSpeechActivityVersion),
          .owner = "audio",
          .run_settings = {"sampling.start_s", "sampling.end_s", "sampling.stream"},
          .looks_at_frames = false,
          .make = [](const VideoRequest&) -> std::unique_ptr<Component> {
            return MakeSpeechActivity({});
          },
          .stages = {SpeechStage()}};
}

}  // namespace reelbatch::components
