#include "contracts/run_config.h"

namespace reelbatch::contracts {

std::string_view FlowReuseName(FlowReuse reuse) {
  switch (reuse) {
    case FlowReuse::kNever:
      return "never";
    case FlowReuse::kPrefer:
      return "prefer";
    case FlowReuse::kRequire:
      return "require";
  }
  return "never";
}

}  // namespace reelbatch::contracts
