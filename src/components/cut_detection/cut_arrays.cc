#include "components/cut_detection/cut_arrays.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/json_text.h"
#include "contracts/run_config.h"

namespace reelbatch::components {
namespace {

using base::Json;
using base::OneLine;
using base::Shortest;
using contracts::Event;
using contracts::MakeBoolTensor;
using contracts::MakeTensor;
using contracts::Tensor;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::vector<float> AsFloats(const std::vector<double>& values) {
  std::vector<float> floats;
  floats.reserve(values.size());
  for (const double value : values) floats.push_back(static_cast<float>(value));
  return floats;
}

std::vector<uint8_t> FiniteMask(const std::vector<float>& values) {
  std::vector<uint8_t> mask;
  mask.reserve(values.size());
  for (const float value : values) mask.push_back(std::isfinite(value) ? 1 : 0);
  return mask;
}

/// One array of a value per event.
template <class T>
std::vector<T> OfEvents(const std::vector<Event>& events,
                        const std::function<T(const Event&)>& get) {
  std::vector<T> values;
  values.reserve(events.size());
  for (const Event& event : events) values.push_back(get(event));
  return values;
}

base::Status CheckLengths(const CutDetectionResult& cuts) {
  const PairSignals& signals = cuts.signals;
  const size_t pairs = cuts.timeline.pairs();
  const auto check = [](std::string_view name, size_t length, size_t wanted,
                        std::string_view what) -> base::Status {
    if (length == wanted) return {};
    return base::Fail(base::Code::kInternal,
                      fmt::format("has {} values for {} {}", length, wanted, what),
                      std::string(name));
  };
  std::vector<std::pair<std::string_view, size_t>> lengths = {
      {"hist_diff_l1", signals.hist_diff_l1.size()},
      {"ssim_drop", signals.ssim_drop.size()},
      {"flow_mag", signals.flow_mag.size()},
      {"hard_score", signals.hard_score.size()},
      {"threshold_hist", signals.threshold_hist.size()},
      {"threshold_ssim", signals.threshold_ssim.size()},
      {"threshold_flow", signals.threshold_flow.size()},
  };
  if (cuts.soft) {
    lengths.emplace_back("soft_hist_diff_l1", cuts.soft->hist_diff_l1.size());
    lengths.emplace_back("soft_flow_mag", cuts.soft->flow_mag.size());
    for (const auto& [name, length] : {std::pair{"soft_hsv_v", cuts.soft->hsv_v.size()},
                                       {"soft_lab_l", cuts.soft->lab_l.size()}}) {
      if (auto checked = check(name, length, cuts.timeline.size(), "frames"); !checked)
        return checked;
    }
  }
  if (cuts.learned) {
    for (const auto& [name, length] :
         {std::pair{"learned_single_frame_probability", cuts.learned->single.size()},
          {"learned_all_frame_probability", cuts.learned->all.size()}}) {
      if (auto checked = check(name, length, cuts.timeline.size(), "frames"); !checked)
        return checked;
    }
  }
  if (cuts.motion) {
    lengths.emplace_back("motion_flow_mag", cuts.motion->flow_mag.size());
    lengths.emplace_back("motion_dir_consistency", cuts.motion->dir_consistency.size());
    lengths.emplace_back("motion_mag_variance", cuts.motion->mag_variance.size());
    lengths.emplace_back("motion_camera_motion_flag", cuts.motion->camera_motion.size());
  }
  for (const auto& [name, length] : lengths) {
    if (auto checked = check(name, length, pairs, "pairs"); !checked) return checked;
  }
  if (cuts.timeline.pts_s.size() != cuts.timeline.size()) {
    return base::Fail(base::Code::kInternal, "must have the same length as frame_indices", "pts_s");
  }
  return {};
}

void AddTimeline(const contracts::Timeline& timeline, std::vector<Tensor>& arrays) {
  std::vector<int32_t> indices;
  indices.reserve(timeline.size());
  for (const contracts::FrameIndex index : timeline.frame_indices) {
    indices.push_back(static_cast<int32_t>(index));
  }
  std::vector<float> middles;
  std::vector<float> steps;
  for (size_t i = 0; i < timeline.pairs(); ++i) {
    const double before = timeline.pts_s[i];
    const double after = timeline.pts_s[i + 1];
    middles.push_back(static_cast<float>((before + after) / 2));
    steps.push_back(static_cast<float>(after - before));
  }
  const std::vector<float> times = AsFloats(timeline.pts_s);
  arrays.push_back(MakeTensor("frame_indices", indices));
  arrays.push_back(MakeTensor("union_timestamps_sec", times));
  arrays.push_back(MakeTensor("times_s", times));
  arrays.push_back(MakeTensor("pair_times_s", middles));
  arrays.push_back(MakeTensor("pair_dt_s", steps));
}

void AddSignals(const PairSignals& signals, std::vector<Tensor>& arrays) {
  const size_t pairs = signals.hist_diff_l1.size();
  const std::vector<float> no_deep(pairs, kNan);
  arrays.push_back(MakeTensor("hist_diff_l1", signals.hist_diff_l1));
  arrays.push_back(MakeTensor("ssim_drop", signals.ssim_drop));
  arrays.push_back(MakeTensor("flow_mag", signals.flow_mag));
  arrays.push_back(MakeTensor("hard_score", signals.hard_score));
  arrays.push_back(MakeTensor("deep_cosine_dist", no_deep));
  arrays.push_back(MakeBoolTensor("ssim_valid_mask", FiniteMask(signals.ssim_drop)));
  arrays.push_back(MakeBoolTensor("flow_valid_mask", FiniteMask(signals.flow_mag)));
  arrays.push_back(MakeBoolTensor("deep_valid_mask", std::vector<uint8_t>(pairs, 0)));
  arrays.push_back(MakeTensor("threshold_hist", signals.threshold_hist));
  arrays.push_back(MakeTensor("threshold_ssim", signals.threshold_ssim));
  arrays.push_back(MakeTensor("threshold_flow", signals.threshold_flow));
  arrays.push_back(MakeTensor("threshold_deep", no_deep));
}

void AddSoft(const SoftSignals& soft, std::vector<Tensor>& arrays) {
  arrays.push_back(MakeTensor("soft_hsv_v", soft.hsv_v));
  arrays.push_back(MakeTensor("soft_lab_l", soft.lab_l));
  arrays.push_back(MakeTensor("soft_hist_diff_l1", soft.hist_diff_l1));
  arrays.push_back(MakeTensor("soft_flow_mag", soft.flow_mag));
  arrays.push_back(MakeBoolTensor("soft_flow_valid_mask", FiniteMask(soft.flow_mag)));
}

void AddLearned(const LearnedSignals& learned, std::vector<Tensor>& arrays) {
  arrays.push_back(MakeTensor("learned_single_frame_probability", learned.single));
  arrays.push_back(MakeTensor("learned_all_frame_probability", learned.all));
}

void AddMotion(const MotionSignals& motion, std::vector<Tensor>& arrays) {
  const std::vector<uint8_t> valid = FiniteMask(motion.flow_mag);
  arrays.push_back(MakeTensor("motion_flow_mag", motion.flow_mag));
  arrays.push_back(MakeTensor("motion_dir_consistency", motion.dir_consistency));
  arrays.push_back(MakeTensor("motion_mag_variance", motion.mag_variance));
  arrays.push_back(MakeBoolTensor("motion_camera_motion_flag", motion.camera_motion));
  arrays.push_back(MakeBoolTensor("motion_flow_valid_mask", valid));
  arrays.push_back(MakeBoolTensor("motion_camera_motion_valid_mask", valid));
}

void AddEvents(const std::vector<Event>& events, std::vector<Tensor>& arrays) {
  const auto seconds = [&events](double Event::* member) {
    return OfEvents<float>(events,
                           [member](const Event& e) { return static_cast<float>(e.*member); });
  };
  std::vector<uint8_t> evidence;
  for (const Event& event : events) {
    const contracts::Evidence& e = event.evidence;
    for (const bool speaks : {e.hist, e.ssim, e.flow, e.deep}) evidence.push_back(speaks ? 1 : 0);
  }
  arrays.push_back(MakeTensor("event_times_s", seconds(&Event::time_s)));
  arrays.push_back(MakeTensor("event_start_time_s", seconds(&Event::start_s)));
  arrays.push_back(MakeTensor("event_end_time_s", seconds(&Event::end_s)));
  arrays.push_back(MakeTensor("event_strength",
                              OfEvents<float>(events, [](const Event& e) { return e.strength; })));
  arrays.push_back(MakeTensor("event_type_id", OfEvents<int16_t>(events, [](const Event& e) {
                                return static_cast<int16_t>(e.type);
                              })));
  arrays.push_back(MakeTensor(
      "event_pair_index", OfEvents<int32_t>(events, [](const Event& e) { return e.pair_index; })));
  arrays.push_back(
      MakeBoolTensor("event_contrib_mask", evidence, {static_cast<int64_t>(events.size()), 4}));
  arrays.push_back(MakeTensor(
      "event_confidence", OfEvents<float>(events, [](const Event& e) { return e.confidence; })));
}

/// The times once more and exact: a 32-bit number has steps of 8 ms at a clock of 100000 s. They
/// follow all arrays of the seed's schema.
void AddExactTimes(const CutDetectionResult& cuts, std::vector<Tensor>& arrays) {
  const std::vector<double>& times = cuts.timeline.pts_s;
  std::vector<double> middles;
  for (size_t i = 0; i < cuts.timeline.pairs(); ++i)
    middles.push_back((times[i] + times[i + 1]) / 2);
  const auto of_events = [&cuts](double Event::* member) {
    return OfEvents<double>(cuts.events, [member](const Event& event) { return event.*member; });
  };
  arrays.push_back(MakeTensor("times_s_f64", times));
  arrays.push_back(MakeTensor("pair_times_s_f64", middles));
  arrays.push_back(MakeTensor("event_times_s_f64", of_events(&Event::time_s)));
  arrays.push_back(MakeTensor("event_start_time_s_f64", of_events(&Event::start_s)));
  arrays.push_back(MakeTensor("event_end_time_s_f64", of_events(&Event::end_s)));
}

/// Smallest and largest threshold of the video; null where no pair has one.
Json ThresholdRange(const std::vector<float>& thresholds) {
  Json range = nullptr;
  for (const float threshold : thresholds) {
    if (!std::isfinite(threshold)) continue;
    const double value = Shortest(threshold);
    if (range.is_null()) range = {{"min", value}, {"max", value}};
    range["min"] = std::min(range["min"].get<double>(), value);
    range["max"] = std::max(range["max"].get<double>(), value);
  }
  return range;
}

Json TypeMap() {
  Json map;
  for (const contracts::EventType type : contracts::kEventTypes) {
    map[std::to_string(static_cast<int>(type))] = contracts::EventTypeName(type);
  }
  return map;
}

std::string Meta(const CutDetectionResult& cuts) {
  Json meta;
  meta["knobs"] = {{"preset", contracts::PresetName(cuts.knobs.preset)},
                   {"preset_reason", cuts.knobs.preset_reason},
                   {"decision", DecisionName(cuts.knobs.decision)},
                   {"parts", PartNames(cuts.knobs.parts)},
                   {"hard_cuts_cascade", cuts.knobs.hard_cuts_cascade},
                   {"cascade_keep_top_p", cuts.knobs.cascade_keep_top_p},
                   {"cascade_hist_margin", cuts.knobs.cascade_hist_margin},
                   {"min_confidence", cuts.knobs.min_confidence},
                   {"ssim_max_side", cuts.knobs.ssim_max_side},
                   {"flow_max_side", cuts.knobs.flow_max_side},
                   {"ssim_range", cuts.knobs.ssim_range_255 ? "255" : "frame"}};
  meta["analysis_width"] = cuts.width;
  meta["analysis_height"] = cuts.height;
  meta["flow_source"] = FlowSourceName(cuts.knobs.flow_source);
  meta["flow_mag_units"] = FlowSourceName(cuts.knobs.flow_source);
  // Only where it was asked for: what it adds to files must not change those of others.
  if (cuts.knobs.learned) meta["learned_source"] = cuts.learned ? "transnetv2" : "none";
  meta["thresholds"] = {{"hist", ThresholdRange(cuts.signals.threshold_hist)},
                        {"ssim", ThresholdRange(cuts.signals.threshold_ssim)},
                        {"flow", ThresholdRange(cuts.signals.threshold_flow)},
                        {"deep", nullptr}};
  meta["event_type_map"] = TypeMap();
  meta["event_contrib_columns"] = {"hist", "ssim", "flow", "deep"};
  meta["warnings"] = cuts.warnings;
  return OneLine(meta);
}

/// What the manifest says of the knobs.
std::string KnobsText(const CutKnobs& knobs) {
  return OneLine({{"decision", DecisionName(knobs.decision)},
                  {"ssim_max_side", knobs.ssim_max_side},
                  {"flow_max_side", knobs.flow_max_side},
                  {"ssim_range", knobs.ssim_range_255 ? "255" : "frame"},
                  {"hard_cuts_cascade", knobs.hard_cuts_cascade},
                  {"parts", PartNames(knobs.parts)}});
}

}  // namespace

base::Result<contracts::ComponentResult> ToComponentResult(CutDetectionResult cuts) {
  if (auto checked = CheckLengths(cuts); !checked) return std::unexpected(checked.error());
  contracts::ComponentResult result;
  std::vector<Tensor>& arrays = result.arrays;
  AddTimeline(cuts.timeline, arrays);
  AddSignals(cuts.signals, arrays);
  if (cuts.soft) AddSoft(*cuts.soft, arrays);
  if (cuts.motion) AddMotion(*cuts.motion, arrays);
  if (cuts.learned) AddLearned(*cuts.learned, arrays);
  AddEvents(cuts.events, arrays);
  AddExactTimes(cuts, arrays);
  result.meta = Meta(cuts);
  result.preset = contracts::PresetName(cuts.knobs.preset);
  result.preset_reason = cuts.knobs.preset_reason;
  result.knobs = KnobsText(cuts.knobs);
  result.notes = cuts.warnings;
  contracts::EventList& events = result.events.emplace();
  events.timeline_frames = static_cast<int64_t>(cuts.timeline.size());
  events.width = cuts.width;
  events.height = cuts.height;
  events.events = std::move(cuts.events);
  events.candidates = std::move(cuts.candidates);
  events.shots = std::move(cuts.shots);
  events.warnings = std::move(cuts.warnings);
  return result;
}

}  // namespace reelbatch::components
