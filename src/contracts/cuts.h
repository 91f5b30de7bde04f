#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "contracts/video.h"

namespace reelbatch::contracts {

/// Ids are part of the NPZ format. Source: spec, cut_detection.
enum class EventType : int16_t {
  kHard = 1,
  kFadeIn = 2,
  kFadeOut = 3,
  kDissolve = 4,
  kMotion = 5,
  kWhipPan = 6,
  kZoom = 7,
  kSpeedRamp = 8,
  kJump = 9,
  kWipe = 101,
  kFadeThrough = 102,
};
inline constexpr std::array kEventTypes = {
    EventType::kHard,   EventType::kFadeIn,  EventType::kFadeOut,     EventType::kDissolve,
    EventType::kMotion, EventType::kWhipPan, EventType::kZoom,        EventType::kSpeedRamp,
    EventType::kJump,   EventType::kWipe,    EventType::kFadeThrough,
};
std::string_view EventTypeName(EventType type);
/// Whip pans, zooms and the like: seen within a shot, never the end of one.
bool IsObservation(EventType type);

enum class Preset : uint8_t { kQuality, kDefault, kFast };
std::string_view PresetName(Preset preset);

enum class Decision : uint8_t { kAdaptive, kSeed };
std::string_view DecisionName(Decision decision);

/// Where the flow signal comes from; each has a unit of its own, and thresholds are never shared
/// between them.
enum class FlowSource : uint8_t {
  kFarnebackPx,      // mean length, px of the downscaled image
  kCoreOpticalFlow,  // core_optical_flow's mean length per second as a share of the long side
};
/// The name of the unit: "farneback_mean_mag_px" or "core_optical_flow_norm_per_sec_mean". Source:
/// spec, cut_detection.
std::string_view FlowSourceName(FlowSource source);

/// The kinds of events that are looked for.
struct CutParts {
  bool hard = true;
  bool soft = true;     // fades, dissolves, wipes
  bool motion = false;  // observations
  friend bool operator==(const CutParts&, const CutParts&) = default;
};

/// Everything that changes a number in the artifact. It is hashed into config_hash.
struct CutKnobs {
  Preset preset = Preset::kDefault;
  std::string preset_reason;  // "S=720" or "--preset"; not hashed
  Decision decision = Decision::kAdaptive;
  CutParts parts;
  int ssim_max_side = 512;
  int flow_max_side = 320;
  bool ssim_range_255 = false;  // false: dynamic range of the second frame
  FlowSource flow_source = FlowSource::kFarnebackPx;
  bool core_flow_missed = false;  // core_optical_flow was preferred, but did not run
  /// transnetv2's probabilities are one more signal, where it gave any. Not with Decision::kSeed.
  bool learned = false;
  /// SSIM and flow only where the histogram changes much; NaN elsewhere. Changes hard cuts only.
  bool hard_cuts_cascade = false;
  double cascade_keep_top_p = 0.25;
  double cascade_hist_margin = 0;
  /// The line between events and candidates; the rules are made for one half.
  double min_confidence = kMinConfidence;
  static constexpr double kMinConfidence = 0.5;
  friend bool operator==(const CutKnobs&, const CutKnobs&) = default;
};

/// The sizes of a preset. Source: spec, cut_detection, "Presets".
CutKnobs KnobsOf(Preset preset);

/// Which signals spoke for an event.
struct Evidence {
  bool hist = false;
  bool ssim = false;
  bool flow = false;
  bool deep = false;
};

/// position = pair_index + 1 on the timeline.
struct Event {
  EventType type = EventType::kHard;
  int pair_index = 0;
  FrameIndex frame = 0;        // first new frame of a hard cut; the middle of a gradual one
  FrameIndex start_frame = 0;  // last frame wholly of the old shot
  FrameIndex end_frame = 0;    // first frame wholly of the new one
  double time_s = 0;
  double start_s = 0;
  double end_s = 0;
  float confidence = 0;  // 0..1
  float strength = 0;
  Evidence evidence;
  bool near_decode_error = false;
  bool splits = true;  // a shot ends here: false for observations, and for fades at a file's ends
};

/// How many of the events end a shot: one less than there are shots.
int64_t CountCuts(const std::vector<Event>& events);

/// Half-open [start_frame, end_frame) of the source; shots cover the timeline.
struct Shot {
  int index = 0;
  FrameIndex start_frame = 0;
  FrameIndex end_frame = 0;
  double start_s = 0;
  double end_s = 0;
};

/// One value per pair of the timeline. NaN where a signal was not computed.
struct PairSignals {
  std::vector<float> hist_diff_l1;
  std::vector<float> ssim_drop;
  std::vector<float> flow_mag;  // in the unit of CutKnobs::flow_source
  std::vector<float> hard_score;
  std::vector<float> threshold_hist;
  std::vector<float> threshold_ssim;
  std::vector<float> threshold_flow;
};

/// Of the soft part. Means over the coarse frame (40 x 22 samples at 16:9).
struct SoftSignals {
  std::vector<float> hsv_v;         // per frame, 0..1
  std::vector<float> lab_l;         // per frame, 0..1
  std::vector<float> hist_diff_l1;  // per pair: PairSignals::hist_diff_l1
  std::vector<float> flow_mag;      // per pair, as PairSignals: NaN where a cascade left flow out
};

/// Of the motion part, per pair: what vision::FlowStatistics says of the flow.
struct MotionSignals {
  std::vector<float> flow_mag;  // px of the downscaled image
  std::vector<float> dir_consistency;
  std::vector<float> mag_variance;     // px^2
  std::vector<uint8_t> camera_motion;  // 1: one movement of the camera explains the flow
};

/// What a model of shot boundaries said, per frame of the timeline: transnetv2's arrays.
struct LearnedSignals {
  std::vector<float> single;
  std::vector<float> all;
};

struct CutDetectionResult {
  CutKnobs knobs;
  int width = 0;  // px of the analysed frames
  int height = 0;
  Timeline timeline;
  PairSignals signals;
  std::optional<SoftSignals> soft;        // where the part ran
  std::optional<MotionSignals> motion;    // where the part ran
  std::optional<LearnedSignals> learned;  // where CutKnobs::learned, and the model answered
  std::vector<Event> events;              // by time; at most kMaxEvents, the strongest kept
  std::vector<Event> candidates;          // below the line or beside a surer event; as many at most
  std::vector<Shot> shots;
  std::vector<std::string> warnings;
  static constexpr size_t kMaxEvents = 4096;
};

}  // namespace reelbatch::contracts
