#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "components/batched_component.h"
#include "components/speech_activity/speech_spans.h"
#include "contracts/batch.h"

namespace reelbatch::components {

struct ComponentDefinition;

inline constexpr std::string_view kSpeechActivityName = "speech_activity";
/// Goes up when a number in the artifact may change for the same input, knobs and model.
inline constexpr std::string_view kSpeechActivityVersion = "1";

/// What units of speech_activity may be batched with: those of every other video. Model signature,
/// runtime and device are those of `served_by`; what else it says is written over.
contracts::BatchKey SpeechActivityKey(const contracts::BatchKey& served_by,
                                      const SpeechKnobs& knobs = {});

/// Units that sound of `seconds` will be, for plans.
int64_t SpeechActivityUnits(double seconds);

/// Where people speak, by a model that judges windows of 32 ms in order. Listens, looks at no
/// frames. Units: SpeechWindows; results and state: SpeechPacking. Fills VideoOutcome::results (N
/// windows, M spans; times are container PTS):
///   probability          f32 [N]
///   window_start_sample  i64 [N]     of the 16 kHz sound
///   speech_samples       i64 [M, 2]  half open
///   speech_spans         f32 [M, 2]  seconds
/// and meta: {"knobs": .., "window_samples": 512, "audio": the AudioReport, or null where there is
/// no sound}. Without sound the arrays have length 0.   Errors of Finish(): internal (a result that
/// is no probability).   Memory: 40 bytes a window beside its units.
std::unique_ptr<BatchedComponent> MakeSpeechActivity(const contracts::BatchKey& served_by,
                                                     const SpeechKnobs& knobs = {});

/// What a run asks of it.
ComponentDefinition SpeechActivityDefinition();

}  // namespace reelbatch::components
