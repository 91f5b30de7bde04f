#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/event_list.h"
#include "contracts/tensor.h"

namespace reelbatch::contracts {

/// The result of one component for one video, as plain data: code that stores, exports or reads it
/// does not need to know the component.
struct ComponentResult {
  std::vector<Tensor> arrays = {};  // in the order in which they are stored
  std::string meta = {};            // JSON object with knobs, units and the like; can be empty
  /// Of a component that detects events or shots on the timeline.
  std::optional<EventList> events = std::nullopt;

  // For the manifest.
  std::string preset = {};         // empty: the component has no presets
  std::string preset_reason = {};  // who chose the preset, and why
  std::string knobs = {};          // JSON object; can be empty
  std::vector<std::string> notes = {};
};

/// Null: there is no array with this name.
const Tensor* FindArray(const ComponentResult& result, std::string_view name);

/// The values of an array; empty if there is none with this name and type.
template <class T>
std::vector<T> ArrayOf(const ComponentResult& result, std::string_view name) {
  const Tensor* const array = FindArray(result, name);
  return array == nullptr ? std::vector<T>() : ValuesOf<T>(*array);
}

/// The arrays among `names` that have a value for every frame or frame pair, as 32-bit
/// floats, with their timeline ("frame_indices" and "times_s_f64").
FrameSignals SignalsOf(const ComponentResult& result, const std::vector<std::string_view>& names);

}  // namespace reelbatch::contracts
