#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "contracts/cost_row.h"
#include "contracts/cuts.h"

namespace reelbatch::measure {

/// A thing that is measured on its own, by the words that `run --parts` takes: "hard", "soft",
/// "motion", or several of these with commas between them, which one pass does together; or
/// "core_optical_flow".
struct PartName {
  std::string text;  // in the order hard, soft, motion
  contracts::CutParts parts;
  bool optical_flow = false;  // core_optical_flow; `parts` mean nothing then
};
/// Errors: invalid_argument (another word: lists those there are; core_optical_flow among others).
base::Result<PartName> ParsePart(const std::string& text);

/// Steps beside components::CutStep that make up a part.
inline constexpr std::string_view kLoadStep = "load_frames_only";
inline constexpr std::string_view kPostprocessStep = "postprocess_only(cached_features)";
/// The steps that make up a part of cut_detection, in their order; none of core_optical_flow, which
/// is one.
std::vector<std::string> StepsOf(const PartName& part, contracts::Preset preset);

/// What is measured in one row, beside the input.
struct Work {
  PartName part;
  contracts::Preset preset = contracts::Preset::kDefault;
  std::string step;  // empty: the whole part

  contracts::CutKnobs knobs() const;
  /// The words under which the row is looked up. A step's notes say of which part it is: some of
  /// what parts share belongs to another step where there is no SSIM.
  contracts::CostSubject Subject() const;
};

}  // namespace reelbatch::measure
