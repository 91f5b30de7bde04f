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
    EventType::kHard,    EventType::kFadeIn, EventType::kFadeOut,    EventType::kDissolve,
    EventType::kMotion,  EventType::kWhipPan, EventType::kZoom,      EventType::kSpeedRamp,
    EventType::kJump,    EventType::kWipe,   EventType::kFadeThrough,
};
std::string_view EventTypeName(EventType type);

enum class Preset : uint8_t { kQuality, kDefault };
std::string_view PresetName(Preset preset);

enum class Decision : uint8_t { kAdaptive, kSeed };
std::string_view DecisionName(Decision decision);

/// Everything that changes a number in the artifact. It is hashed into config_hash.
struct CutKnobs {
  Preset preset = Preset::kDefault;
  std::string preset_reason;  // "S=720" or "--preset"; not hashed
  Decision decision = Decision::kAdaptive;
  int ssim_max_side = 512;
  int flow_max_side = 320;
  bool ssim_range_255 = false;  // false: dynamic range of the second frame
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
};

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
  std::vector<float> flow_mag;  // px of the downscaled image
  std::vector<float> hard_score;
  std::vector<float> threshold_hist;
  std::vector<float> threshold_ssim;
  std::vector<float> threshold_flow;
};

struct CutDetectionResult {
  CutKnobs knobs;
  int width = 0;  // px of the analysed frames
  int height = 0;
  Timeline timeline;
  PairSignals signals;
  std::vector<Event> events;  // by time; at most kMaxEvents, the strongest kept
  std::vector<Shot> shots;
  std::vector<std::string> warnings;
  static constexpr size_t kMaxEvents = 4096;
};

}  // namespace reelbatch::contracts
