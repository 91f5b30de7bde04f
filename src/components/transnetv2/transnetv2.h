#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "components/batched_component.h"
#include "contracts/batch.h"
#include "contracts/component_spec.h"

namespace reelbatch::components {

struct ComponentDefinition;

inline constexpr std::string_view kTransNetV2Name = "transnetv2";
/// Goes up when a number in the artifact may change for the same input, knobs and model.
inline constexpr std::string_view kTransNetV2Version = "1";
/// What its definition asks of the reader.
inline constexpr contracts::ThumbnailSize kTransNetV2Thumbnail{.width = 48, .height = 27};

struct TransNetV2Options {
  contracts::BatchKey model =
      {};  // model_signature, runtime and device count; the other fields are filled in
  std::optional<double> analysis_fps = std::nullopt;  // contracts::Sampling's
  std::optional<int> every = std::nullopt;            // the same
  float threshold = 0.5F;                             // of the scenes; the published code's
};

/// What all windows share, of every video: its own size does not reach the model.
contracts::BatchKey TransNetV2Key(const TransNetV2Options& options);

/// Windows of a video of `frames` frames, as far as they can be told: an expectation may be a
/// fraction.
int TransNetV2Units(double frames);

/// Learned shot boundaries: the probability, for every frame, that a transition is at it.
///
/// Frames have to carry a thumbnail of 48x27 (contract otherwise). A unit is a window of 100 of
/// them (transnetv2/window.h), units are independent; transnetv2/packing.h makes tensors of them.
/// Finish() fills VideoOutcome::results["transnetv2"] with, for N frames:
///   single_frame_probability f32 [N]  that a transition's one middle frame is at it
///   all_frame_probability    f32 [N]  that it is any frame of a transition
///   frame_indices            i64 [N]  of the source
///   scenes                   i64 [S, 2]  first and last position in the arrays above, both in the
///   scene (transnetv2/scenes.h)
/// Memory: one window, and 8 bytes a frame. Errors of Finish(): internal (not as many results as
/// windows).
std::unique_ptr<BatchedComponent> MakeTransNetV2(const TransNetV2Options& options);

/// What a run asks of it.
ComponentDefinition TransNetV2Definition();

}  // namespace reelbatch::components
