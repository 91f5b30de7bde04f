#pragma once

#include <string>

#include "contracts/cost_row.h"

namespace reelbatch::costs {

/// "flow_max_side=320, ssim_max_side=512"; numbers with the fewest digits that read back the same.
std::string KnobsText(const contracts::Knobs& knobs);

/// "cut_detection.detect_hard_cuts(cpu_no_deep)"; the component alone if it has no part.
std::string PartText(const contracts::CostSubject& subject);

/// Equal for two rows that have the cost of the same work, independent of size, machine and the
/// name of the preset.
std::string SubjectKey(const contracts::CostSubject& subject);

/// "1280x720@30fps", "any size" for a row for all sizes, "60 s" for audio.
std::string BucketText(const contracts::InputBucket& bucket);

/// "12.3", with three significant digits; "N/A" for none.
std::string MsText(std::optional<double> ms);
std::string MbText(std::optional<double> mb);

}  // namespace reelbatch::costs
