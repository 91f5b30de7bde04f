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

/// That there is more to do than time, so that videos above 720 lines take preset fast where auto
/// chooses.
enum class Overload : uint8_t {
  kNone,
  kEmergency,  // --emergency-fast: all of them
  kDeadline,   // --deadline: those for which the run would end too late otherwise
};

/// Whether decoders smooth block edges, as their standards demand. Without it H.264 and the like
/// decode in about three quarters of the time; the frames are a little off, and drift until the
/// next keyframe.
enum class LoopFilter : uint8_t {
  kAuto,  // skipped with preset fast, kept otherwise
  kKeep,
  kSkip,
};

/// What a user asks of a run, as far as it changes artifacts: with a video's content it determines
/// them byte for byte. Threads, memory bounds and output formats are not part of it.
struct RunConfig {
  std::vector<std::string> components;  // in the order in which they run
  KnobSettings knobs = {};              // of components, as set; the others have their usual value
  KnobSettings unhashed_knobs = {};     // those that change no number
  std::optional<Preset> preset;         // none: auto, by the size of each video
  Overload overload = Overload::kNone;
  LoopFilter loop_filter = LoopFilter::kAuto;
  Sampling sampling;
  /// What was set for single components, beside what `sampling` says for all.
  std::map<std::string, FrameChoice, std::less<>> sampling_of = {};
};

/// The sampling of one component. For it counts, field by field, what was set for it alone, else
/// what was set for all, else what it asks for by itself (`own`), else every frame as it is. A rate
/// that was set replaces an `every` of its own, and a side that was set replaces both of its own.
Sampling SamplingOf(const RunConfig& config, std::string_view component, const FrameChoice& own);

/// What a configuration says of a knob, else its usual value.
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
