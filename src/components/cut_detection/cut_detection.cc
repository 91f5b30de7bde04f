#include "components/cut_detection/cut_detection.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "components/core_optical_flow/core_optical_flow.h"
#include "components/cut_detection/cut_arrays.h"
#include "components/cut_detection/cut_meter.h"
#include "components/cut_detection/cut_result.h"
#include "components/cut_detection/cut_steps.h"
#include "components/cut_detection/hard/adaptive.h"
#include "components/cut_detection/hard/decision.h"
#include "components/cut_detection/learned/learned.h"
#include "components/cut_detection/local_threshold.h"
#include "components/cut_detection/motion/motion_part.h"
#include "components/cut_detection/pair_recorder.h"
#include "components/cut_detection/selection.h"
#include "components/cut_detection/soft/soft_part.h"

namespace reelbatch::components {
namespace {

// What noise and coding alone do to a signal, for its evidence flag: a twentieth of the samples in
// another bin; a tenth of the structure; half a sample of motion.
constexpr float kHistFloor = 0.1F;
constexpr float kSsimFloor = 0.1F;
constexpr float kFlowFloor = 0.5F;
// The same half sample, of 320 in a 25th of a second, in core_optical_flow's unit.
constexpr float kCoreFlowFloor = kFlowFloor / 320 * 25;

bool AnyAbove(const std::vector<float>& values, const std::vector<float>& thresholds,
              const Finding& found) {
  for (size_t pair = found.start; pair < found.end; ++pair) {
    if (values[pair] > thresholds[pair]) return true;
  }
  return false;
}

bool TakesCoreFlow(const CutKnobs& knobs) {
  return knobs.flow_source == FlowSource::kCoreOpticalFlow;
}

/// Whether a result stands on exactly these frames.
bool SameFrames(const contracts::ComponentResult& result,
                const std::vector<contracts::FrameIndex>& frames) {
  const contracts::Tensor* const array = contracts::FindArray(result, "frame_indices");
  return array != nullptr && std::ranges::equal(contracts::ValuesOf<int32_t>(*array), frames);
}

// The seed's rule knows hard cuts alone.
CutKnobs WithPossibleParts(CutKnobs knobs) {
  if (knobs.decision == Decision::kSeed) {
    knobs.parts = {.hard = true, .soft = false};
    knobs.learned = false;
  }
  return knobs;
}

class CutDetection final : public Component {
 public:
  CutDetection(const CutKnobs& knobs, PairRecorder::CandidateSteps steps)
      : recorder_(knobs, steps) {
    result_.knobs = knobs;
  }

  std::string_view name() const override { return kCutDetectionName; }

  base::Status Open(const contracts::VideoInfo& info) override {
    frame_s_ = FrameSeconds(info);
    if (info.frames_expected && *info.frames_expected > 0) {
      // A header may claim anything; what an hour holds is reserved, more grows as it comes.
      constexpr int64_t kMostReserved = 216'000;
      Reserve(static_cast<size_t>(std::min(*info.frames_expected, kMostReserved)));
    }
    return {};
  }

  std::unique_ptr<FrameMeter> MakeMeter(SharedFlows& flows) const override {
    return std::make_unique<CutMeter>(result_.knobs, flows.OfSide(result_.knobs.flow_max_side));
  }

  base::Status Take(const image::FrameStamp& stamp, FrameMeasure& measure) override {
    auto& frame = static_cast<CutMeasure&>(measure);
    contracts::Timeline& timeline = result_.timeline;
    const bool first = timeline.size() == 0;
    if (first) {
      result_.width = frame.size.width;
      result_.height = frame.size.height;
    }
    timeline.frame_indices.push_back(stamp.index);
    timeline.pts_s.push_back(stamp.pts_s);
    recorder_.Push(frame);
    if (adaptive()) collector_.Push(frame.picture, frame.change, stamp.pts_s);
    if (adaptive() && parts().soft) soft_.Push(frame.soft, stamp.pts_s);
    if (parts().motion && !first) motion_.Push(frame.motion);
    return {};
  }

  base::Status Close(const contracts::DecodeReport& report,
                     contracts::VideoOutcome& outcome) override {
    recorder_.Finish();
    result_.signals = std::move(recorder_.signals());
    if (TakesCoreFlow(result_.knobs)) {
      if (auto taken = TakeCoreFlow(outcome); !taken) return taken;
    }
    findings_ = Decide();
    report_ = report;
    return result_.knobs.learned ? base::Status() : Settle(outcome);
  }

  base::Status Conclude(contracts::VideoOutcome& outcome) override {
    if (!result_.knobs.learned) return {};
    auto learned = learned::LearnedOf(outcome, result_.timeline);
    if (!learned) return std::unexpected(learned.error());
    result_.learned = std::move(*learned);
    if (result_.learned) {
      const size_t of_rules = findings_.size();
      learned::Fuse({.single = result_.learned->single, .all = result_.learned->all},
                    result_.timeline.size(), findings_);
      for (size_t k = of_rules; k < findings_.size(); ++k) {
        findings_[k].evidence = EvidenceOf(findings_[k]);
        findings_[k].evidence.deep = true;
      }
      std::erase_if(findings_, [this](const Finding& found) { return !IsLookedFor(found.type); });
    }
    return Settle(outcome);
  }

 private:
  /// Applies the threshold to what was found, and is done.
  base::Status Settle(contracts::VideoOutcome& outcome) {
    Selection selection =
        Select(MakeEvents(findings_, result_.timeline, report_), result_.knobs.min_confidence);
    result_.events = std::move(selection.events);
    result_.candidates = std::move(selection.candidates);
    result_.shots =
        MakeShots(result_.events, result_.timeline,
                  {.frame_s = report_.rate.num > 0 ? 1 / report_.rate.value() : frame_s_,
                   .next_s = report_.past_range_s,
                   .end_frame = report_.end_frame,
                   .decoded_s = report_.last_pts_s});
    result_.warnings = MakeWarnings(report_, result_.events, selection.found);
    if (result_.knobs.core_flow_missed) {
      result_.warnings.emplace_back(
          "core_optical_flow is not in this run: cut_detection computed the flow itself");
    }
    std::ranges::copy(result_.knobs.other_frames, std::back_inserter(result_.warnings));
    if (result_.knobs.learned && !result_.learned) {
      result_.warnings.emplace_back(
          "transnetv2 has no probabilities for this video: cuts were decided without them");
    }
    auto result = ToComponentResult(std::move(result_));
    if (!result) return std::unexpected(result.error());
    outcome.results[std::string(kCutDetectionName)] = std::move(*result);
    return {};
  }

  bool IsLookedFor(contracts::EventType type) const {
    return contracts::IsObservation(type) ||
           (type == contracts::EventType::kHard ? parts().hard : parts().soft);
  }

  bool adaptive() const { return result_.knobs.decision == Decision::kAdaptive; }
  const CutParts& parts() const { return result_.knobs.parts; }

  void Reserve(size_t frames) {
    result_.timeline.frame_indices.reserve(frames);
    result_.timeline.pts_s.reserve(frames);
    recorder_.signals().hist_diff_l1.reserve(frames);
    recorder_.signals().ssim_drop.reserve(frames);
    recorder_.signals().flow_mag.reserve(frames);
  }

  /// Replaces the flow of every measured pair by core_optical_flow's.
  /// Errors: contract (its timeline is another one).
  base::Status TakeCoreFlow(const contracts::VideoOutcome& outcome) {
    const auto flow = outcome.results.find(kCoreOpticalFlowName);
    std::vector<float> motion;
    bool same = false;
    if (flow != outcome.results.end()) {
      motion = contracts::ArrayOf<float>(flow->second, "motion_norm_per_sec_mean");
      same = motion.size() == result_.timeline.size() &&
             SameFrames(flow->second, result_.timeline.frame_indices);
    }
    if (!same) {
      return base::Fail(base::Code::kContract,
                        "core_optical_flow analysed other frames; run both components in one run, "
                        "with the same analysis rate");
    }
    std::vector<float>& flow_mag = result_.signals.flow_mag;
    for (size_t pair = 0; pair < flow_mag.size(); ++pair) {
      if (!std::isnan(flow_mag[pair])) flow_mag[pair] = motion[pair + 1];
    }
    return {};
  }

  std::vector<hard::HardCut> DecideHard() {
    PairSignals& signals = result_.signals;
    if (!adaptive()) return hard::DecideSeed(signals);
    signals.threshold_hist = LocalThresholds(signals.hist_diff_l1, kHistFloor);
    signals.threshold_ssim = LocalThresholds(signals.ssim_drop, kSsimFloor);
    signals.threshold_flow = LocalThresholds(
        signals.flow_mag, TakesCoreFlow(result_.knobs) ? kCoreFlowFloor : kFlowFloor);
    return hard::DecideAdaptive(collector_.Finish(), result_.timeline.pts_s, signals.hard_score);
  }

  std::vector<Finding> Decide() {
    std::vector<hard::HardCut> cuts = DecideHard();
    soft::SoftPart::Found soft;
    if (parts().soft) {
      soft = soft_.Finish(result_.timeline.pts_s, cuts);
      soft::Reconcile(cuts, soft.graduals);
    }
    std::vector<Finding> findings;
    const auto add = [&](const auto& found) {
      for (const auto& one : found) findings.push_back(FindingOf(one));
    };
    if (parts().hard) {
      add(cuts);
      if (adaptive()) add(hard::NearCuts(result_.signals.hard_score, result_.timeline.pts_s));
    }
    add(soft.graduals);
    add(soft.near);
    if (parts().motion) Observe(cuts, soft.graduals, findings);
    if (parts().soft) FillSoftSignals();
    for (Finding& found : findings) found.evidence = EvidenceOf(found);
    return findings;
  }

  static Finding FindingOf(const hard::HardCut& cut) {
    const auto pair = static_cast<size_t>(cut.pair_index);
    return {.type = contracts::EventType::kHard,
            .start = pair,
            .middle = pair + 1,
            .end = pair + 1,
            .confidence = cut.confidence,
            .strength = cut.strength,
            .evidence = {}};
  }

  static Finding FindingOf(const soft::Gradual& gradual) {
    return {.type = gradual.type,
            .start = gradual.start,
            .middle = (gradual.start + gradual.end + 1) / 2,
            .end = gradual.end,
            .confidence = gradual.confidence,
            .strength = gradual.strength,
            .evidence = {},
            .splits = gradual.splits};
  }

  contracts::Evidence EvidenceOf(const Finding& found) const {
    const PairSignals& s = result_.signals;
    return {.hist = AnyAbove(s.hist_diff_l1, s.threshold_hist, found),
            .ssim = AnyAbove(s.ssim_drop, s.threshold_ssim, found),
            .flow = AnyAbove(s.flow_mag, s.threshold_flow, found)};
  }

  void Observe(const std::vector<hard::HardCut>& cuts, const std::vector<soft::Gradual>& graduals,
               std::vector<Finding>& findings) {
    const std::vector<double>& pts_s = result_.timeline.pts_s;
    std::vector<bool> boundary(result_.timeline.pairs(), false);
    for (const hard::HardCut& cut : cuts) boundary[static_cast<size_t>(cut.pair_index)] = true;
    for (const soft::Gradual& gradual : graduals) {
      for (size_t pair = gradual.start; pair < gradual.end; ++pair) boundary[pair] = true;
    }
    std::ranges::move(motion_.Observe(boundary, pts_s), std::back_inserter(findings));
    result_.motion = motion_.TakeSignals();
  }

  void FillSoftSignals() {
    SoftSignals signals;
    soft_.FillSignals(signals);
    signals.hist_diff_l1 = result_.signals.hist_diff_l1;
    // A cascade leaves flow out where the motion part has it; not in another unit, though.
    const bool whole = result_.motion && !TakesCoreFlow(result_.knobs);
    signals.flow_mag = whole ? result_.motion->flow_mag : result_.signals.flow_mag;
    result_.soft = std::move(signals);
  }

  CutDetectionResult result_;
  double frame_s_ = 0;             // by the container
  std::vector<Finding> findings_;  // between Close() and Conclude()
  contracts::DecodeReport report_;
  PairRecorder recorder_;
  hard::EvidenceCollector collector_;
  soft::SoftPart soft_;
  motion::MotionPart motion_;
};

}  // namespace

std::unique_ptr<Component> MakeCutDetection(const CutKnobs& knobs) {
  const PairRecorder::CandidateSteps all{.ssim = true, .flow = true};
  return std::make_unique<CutDetection>(WithPossibleParts(knobs), all);
}

std::unique_ptr<Component> MakeCutDecision(const CutKnobs& knobs) {
  const PairRecorder::CandidateSteps none{.ssim = false, .flow = false};
  return std::make_unique<CutDetection>(WithPossibleParts(knobs), none);
}

}  // namespace reelbatch::components
