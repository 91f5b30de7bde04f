#include "components/all_components.h"

#include "components/core_optical_flow/core_optical_flow.h"
#include "components/cut_detection/cut_detection.h"
#include "components/speech_activity/speech_activity.h"
#include "components/transnetv2/transnetv2.h"

namespace reelbatch::components {

const std::vector<ComponentDefinition>& AllComponents() {
  static const std::vector<ComponentDefinition> kAll = {
      CutDetectionDefinition(), CoreOpticalFlowDefinition(), TransNetV2Definition(),
      SpeechActivityDefinition()};
  return kAll;
}

}  // namespace reelbatch::components
