#include "apps/reelbatch/models/model_options.h"

#include "apps/reelbatch/options.h"

namespace reelbatch::app {

void AddModelOptions(OptionTable& table, ModelOptions& options) {
  table.Group("Models (components that need one)");
  table.Add(PathOption("models", "DIR", "folder of models (default: `models` beside the program's build, made by tools/fetch-models)",
                       options.folder));
  Option url{.name = "triton-url",
             .value_name = "HOST:PORT",
             .help = "gRPC address of the Triton server that serves the models (with --executor triton)"};
  url.set = [&options](const std::string& text) -> base::Status {
    options.triton_url = text;
    return {};
  };
  table.Add(std::move(url));
}

}  // namespace reelbatch::app
