#include "contracts/component_knob.h"

namespace reelbatch::contracts {

std::string_view ReuseName(Reuse reuse) {
  switch (reuse) {
    case Reuse::kNever:
      return "never";
    case Reuse::kPrefer:
      return "prefer";
    case Reuse::kRequire:
      return "require";
  }
  return "never";
}

}  // namespace reelbatch::contracts
