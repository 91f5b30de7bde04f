// Where the build found no OpenVINO.
#include "inference/openvino/openvino_model.h"

namespace reelbatch::inference {

bool OpenVinoIsBuiltIn() { return false; }

std::string OpenVinoEngine() { return ""; }

base::Result<std::unique_ptr<Model>> OpenOpenVino(const ModelFolder& folder,
                                                  const OpenVinoOptions&) {
  return base::Fail(base::Code::kUnavailable,
                    "this build runs no models in process, because it found no OpenVINO: run "
                    "tools/fetch-models, then build again; or let a "
                    "server run it (--executor triton)",
                    folder.description.used.model_name);
}

}  // namespace reelbatch::inference
