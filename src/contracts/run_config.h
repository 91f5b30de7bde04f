#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/component_knob.h"
#include "contracts/preset.h"
#include "contracts/video.h"

namespace reelbatch::contracts {

/// Whether there is more work than time, so that videos above 720 lines use preset fast if the
/// preset is auto.
enum class Overload : uint8_t {
  kNone,
  kEmergency,  // --emergency-fast: all of them
  kDeadline,   // --deadline: those with which the run would end too late
};

/// Whether decoders run the deblocking filter that their standards require. Without it, H.264 and
/// the like decode in about three quarters of the time; the frames differ slightly, and drift until
/// the next keyframe.
enum class LoopFilter : uint8_t {
  kAuto,  // skipped with preset fast, run otherwise
  kKeep,
  kSkip,
};

/// The settings of a run that change its results: together with the content of a video, they
/// determine the results byte for byte. Threads, memory limits and output formats are not part of
/// it.
struct RunConfig {
  std::vector<std::string> components;  // in the order in which they run
  KnobSettings knobs = {};              // of components, as set; all others have their default
  KnobSettings unhashed_knobs = {};     // those that do not change results
  std::optional<Preset> preset;         // none: auto, by the size of each video
  Overload overload = Overload::kNone;
  LoopFilter loop_filter = LoopFilter::kAuto;
  Sampling sampling;
  /// Settings for single components, in addition to `sampling` for all.
  std::map<std::string, FrameChoice, std::less<>> sampling_of = {};
};

/// The sampling of one component. Each field has the value that was set for this component, else
/// that which was set for all, else that which the component requests itself (`own`), else every
/// frame as it is. A rate that was set replaces an `every` of its own, and a side that was set
/// replaces both of its own.
Sampling SamplingOf(const RunConfig& config, std::string_view component, const FrameChoice& own);

/// The value of a knob in a configuration, else its default.
const KnobSetting& SettingOf(const RunConfig& config, const ComponentKnob& knob);

/// The same by type, which must be the knob's.
template <class T>
const T& ValueOf(const RunConfig& config, const ComponentKnob& knob) {
  return std::get<T>(SettingOf(config, knob));
}

/// Of a knob of type kReuse.
Reuse ReuseOf(const RunConfig& config, const ComponentKnob& knob);

void SetKnob(RunConfig& config, const ComponentKnob& knob, KnobSetting value);

bool SkipsLoopFilter(const RunConfig& config);
/// "kept" or "skipped".
std::string_view LoopFilterName(bool skipped);

}  // namespace reelbatch::contracts
