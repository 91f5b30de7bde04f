#pragma once

#include <memory>
#include <string>
#include <utility>

#include "contracts/cost_row.h"
#include "costs/input_bucket.h"

namespace reelbatch::costs {

/// Rows for tests: a subject, a device and a source, and rows of them at sizes of the grid.
class RowMaker {
 public:
  RowMaker(std::string part, std::string device) {
    subject.component = "cut_detection";
    subject.component_part = std::move(part);
    subject.unit = "frame_pair";
    subject.preset = "default";
    subject.knobs = {{"ssim_max_side", int64_t{512}}, {"flow_max_side", int64_t{320}}};
    profile.id = std::move(device);
    profile.isa = "avx2";
    source = {.path = "bench/matrix.json", .commit = "7c2cfe26", .date = "2026-01-09"};
  }

  contracts::CostRow At(int width, int height, double ms) const {
    contracts::CostRow row;
    row.subject = std::make_shared<contracts::CostSubject>(subject);
    row.device = std::make_shared<contracts::DeviceProfile>(profile);
    row.provenance = std::make_shared<contracts::Provenance>(source);
    row.bucket = BucketOf(width, height);
    row.bucket.width = width;
    row.bucket.height = height;
    row.input_kind = contracts::InputKind::kReal;
    row.latency_ms_per_unit = ms;
    return row;
  }

  contracts::CostSubject subject;
  contracts::DeviceProfile profile;
  contracts::Provenance source;
};

}  // namespace reelbatch::costs
