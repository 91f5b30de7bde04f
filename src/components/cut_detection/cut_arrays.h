#pragma once

#include <string_view>

#include "base/result.h"
#include "components/cut_detection/cut_detection_result.h"
#include "contracts/component_result.h"

namespace reelbatch::components {

inline constexpr std::string_view kCutNpzSchema = "cut_detection_model_facing_npz_v1";

/// What cut_detection found as arrays and events. With N frames, P = max(0, N-1) pairs and E
/// events: frame_indices i4[N], union_timestamps_sec, times_s f4[N]; f4[P], b1[P] and f4[E] arrays
/// by name; event_contrib_mask b1[E,4] (hist, ssim, flow, deep). The times f8 in arrays of the same
/// names with "_f64" behind them: times_s, pair_times_s, event_times_s, event_start_time_s,
/// event_end_time_s. No deep model takes part: deep_cosine_dist and threshold_deep are NaN,
/// deep_valid_mask is false. The arrays of the soft and the motion part are there where the part
/// ran. Errors: internal (a signal's length is not P; names it). Source: docs/requirements.md,
/// "Arrays of cut detection".
base::Result<contracts::ComponentResult> ToComponentResult(CutDetectionResult cuts);

}  // namespace reelbatch::components
