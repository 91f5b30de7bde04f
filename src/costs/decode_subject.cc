#include "costs/decode_subject.h"

namespace reelbatch::costs {

contracts::CostSubject DecodeSubject(std::string_view codec, bool skip_loop_filter) {
  contracts::CostSubject subject;
  subject.component = "decode";
  subject.component_part = codec;
  subject.owner = "fetcher";
  subject.unit = "frame";
  subject.unit_cost_model =
      "affine in megapixels and coded kilobytes of a frame; B-frames and CABAC cost more";
  subject.knobs = {{"loop_filter", std::string(skip_loop_filter ? "skipped" : "kept")}};
  subject.cross_video_constraints = "per-video work: videos run side by side";
  return subject;
}

}  // namespace reelbatch::costs
