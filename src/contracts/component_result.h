#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/event_list.h"
#include "contracts/tensor.h"

namespace reelbatch::contracts {

/// What one component says of one video, as plain data: whoever stores, exports or reads it needs
/// to know no component.
struct ComponentResult {
  std::vector<Tensor> arrays = {};  // in the order in which they are stored
  std::string meta = {};            // JSON object: knobs, units and the like; empty: nothing to say
  /// Of a component that finds events or shots on the timeline.
  std::optional<EventList> events = std::nullopt;

  // For the manifest.
  std::string preset = {};         // empty: it has none
  std::string preset_reason = {};  // who chose it, and why
  std::string knobs = {};          // JSON object; empty: not said
  std::vector<std::string> notes = {};
};

/// Null: there is no array of this name.
const Tensor* FindArray(const ComponentResult& result, std::string_view name);

/// The values of an array; none where there is none of the name and type.
template <class T>
std::vector<T> ArrayOf(const ComponentResult& result, std::string_view name) {
  const Tensor* const array = FindArray(result, name);
  return array == nullptr ? std::vector<T>() : ValuesOf<T>(*array);
}

/// What arrays of a result say of every frame or pair: those of `names` that it has, as 32-bit
/// floats, on its timeline ("frame_indices" and "times_s_f64").
FrameSignals SignalsOf(const ComponentResult& result, const std::vector<std::string_view>& names);

}  // namespace reelbatch::contracts
