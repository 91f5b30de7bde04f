#include "components/cut_detection/cut_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "components/core_optical_flow/core_optical_flow.h"
#include "components/transnetv2/transnetv2.h"

namespace reelbatch::components {
namespace {

using contracts::ComponentKnob;
using contracts::KnobType;
using contracts::Reuse;
using contracts::RunConfig;
using Words = std::vector<std::string>;

const ComponentKnob kParts{
    .name = "parts",
    .option = "parts",
    .type = KnobType::kChoices,
    .value_name = "LIST",
    .help =
        "Detect these kinds of events: hard, soft (fades, dissolves, wipes), motion (whip pans, "
        "zooms and speed ramps, which are observations and not cuts) (default hard,soft)",
    .usual = Words{},
    .choices = {"hard", "soft", "motion"},
    .always_named = true};
const ComponentKnob kDecision{
    .name = "decision",
    .option = "decision",
    .type = KnobType::kChoice,
    .value_name = "NAME",
    .help =
        "Decide on cuts with this rule: adaptive, or seed, the simple baseline rule with fixed "
        "global thresholds, which finds hard cuts only (default adaptive)",
    .usual = std::string("adaptive"),
    .choices = {"adaptive", "seed"},
    .always_named = true};
const ComponentKnob kMinConfidence{
    .name = "min_confidence",
    .option = "min-confidence",
    .type = KnobType::kNumber,
    .value_name = "P",
    .help =
        "Report events with at least this confidence; others become "
        "low-confidence candidates (above 0, at most 1; default 0.5)",
    .usual = CutKnobs::kMinConfidence,
    .low = 0,
    .high = 1,
    .always_named = true};
const ComponentKnob kSsimRange{.name = "ssim_range",
                               .option = "ssim-range",
                               .type = KnobType::kChoice,
                               .value_name = "NAME",
                               .help =
                                   "Compute SSIM with this dynamic range: frame (the range of each "
                                   "frame pair) or 255 (default frame)",
                               .usual = std::string("frame"),
                               .choices = {"frame", "255"},
                               .always_named = true};
const ComponentKnob kFlowReuse{
    .name = "flow_reuse",
    .option = "core-optical-flow",
    .type = KnobType::kReuse,
    .help =
        "Let cut_detection use the optical flow of core_optical_flow, from this run or an earlier "
        "run in the same folder, where it exists",
    .usual = std::string(contracts::ReuseName(Reuse::kNever)),
    .other = std::string(kCoreOpticalFlowName),
    .always_named = true};
const ComponentKnob kTransNetV2Reuse{
    .name = "transnetv2_reuse",
    .option = "transnetv2",
    .type = KnobType::kReuse,
    .help =
        "Let cut_detection use the probabilities of transnetv2 to confirm cuts and to add "
        "confident ones, from this run or an earlier run in the same folder, where they exist",
    .usual = std::string(contracts::ReuseName(Reuse::kNever)),
    .other = std::string(kTransNetV2Name)};

Decision DecisionOf(const RunConfig& config) {
  const bool seed =
      contracts::ValueOf<std::string>(config, kDecision) == DecisionName(Decision::kSeed);
  return seed ? Decision::kSeed : Decision::kAdaptive;
}

/// Whether the result of `other` can be taken, as far as settings say. `instead`: what is done
/// where it cannot.
bool StandsOnTheSameFrames(const VideoRequest& request, std::string_view other,
                           std::string_view instead, CutKnobs& knobs) {
  const auto frames = request.other_frames.find(other);
  if (frames == request.other_frames.end()) return true;
  knobs.other_frames.push_back(
      fmt::format("{} analyses {}, cut_detection analyses {}: {}", other, frames->second,
                  contracts::FramesText(request.config.sampling), instead));
  return false;
}

}  // namespace

const std::vector<ComponentKnob>& CutDetectionKnobs() {
  static const std::vector<ComponentKnob> kKnobs = {kParts,     kDecision,  kMinConfidence,
                                                    kSsimRange, kFlowReuse, kTransNetV2Reuse};
  return kKnobs;
}

CutParts PartsOf(const RunConfig& config) {
  const auto& parts = contracts::ValueOf<Words>(config, kParts);
  if (!parts.empty()) return PartsNamed(parts);
  return {.hard = true, .soft = DecisionOf(config) == Decision::kAdaptive};
}

std::optional<double> MinConfidenceOf(const RunConfig& config) {
  if (!config.knobs.contains(kMinConfidence.name)) return std::nullopt;
  return contracts::ValueOf<double>(config, kMinConfidence);
}

CutKnobs CutKnobsFor(const VideoRequest& request) {
  const RunConfig& config = request.config;
  CutKnobs knobs = KnobsOf(request.preset.preset);
  knobs.preset_reason = request.preset.reason;
  knobs.decision = DecisionOf(config);
  knobs.parts = PartsOf(config);
  knobs.ssim_range_255 = contracts::ValueOf<std::string>(config, kSsimRange) == "255";
  knobs.min_confidence = contracts::ValueOf<double>(config, kMinConfidence);
  if (contracts::ReuseOf(config, kTransNetV2Reuse) != Reuse::kNever)
    knobs.learned =
        StandsOnTheSameFrames(request, kTransNetV2Name, "cuts were decided without it", knobs);
  if (contracts::ReuseOf(config, kFlowReuse) == Reuse::kNever ||
      !StandsOnTheSameFrames(request, kCoreOpticalFlowName,
                             "cut_detection computed the flow itself", knobs))
    return knobs;
  const bool runs =
      std::ranges::find(config.components, kCoreOpticalFlowName) != config.components.end();
  if (runs) knobs.flow_source = FlowSource::kCoreOpticalFlow;
  knobs.core_flow_missed = !runs;
  return knobs;
}

base::Status SettleCuts(RunConfig& config) {
  const CutParts parts = PartsOf(config);
  const bool seed = DecisionOf(config) == Decision::kSeed;
  if (seed && (parts.soft || parts.motion)) {
    return base::Fail(
        base::Code::kInvalidArgument,
        "the seed rule finds hard cuts only; use --parts hard, or --decision adaptive", "--parts");
  }
  const Reuse learned = contracts::ReuseOf(config, kTransNetV2Reuse);
  if (seed && learned != Reuse::kNever) {
    return base::Fail(
        base::Code::kInvalidArgument,
        "the seed rule does not use transnetv2; remove --decision seed",
        fmt::format("--{}-{}", contracts::ReuseName(learned), kTransNetV2Reuse.option));
  }
  contracts::SetKnob(config, kParts, PartNames(parts));
  return {};
}

}  // namespace reelbatch::components
