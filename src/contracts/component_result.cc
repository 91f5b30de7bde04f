#include "contracts/component_result.h"

#include <algorithm>

namespace reelbatch::contracts {

const Tensor* FindArray(const ComponentResult& result, std::string_view name) {
  const auto found = std::ranges::find(result.arrays, name, &Tensor::name);
  return found == result.arrays.end() ? nullptr : &*found;
}

FrameSignals SignalsOf(const ComponentResult& result, const std::vector<std::string_view>& names) {
  FrameSignals signals;
  if (const Tensor* const frames = FindArray(result, "frame_indices")) {
    for (const int32_t frame : ValuesOf<int32_t>(*frames))
      signals.timeline.frame_indices.push_back(frame);
  }
  if (const Tensor* const times = FindArray(result, "times_s_f64"))
    signals.timeline.pts_s = ValuesOf<double>(*times);
  for (const std::string_view name : names) {
    if (const Tensor* const array = FindArray(result, name))
      signals.series.push_back({.name = std::string(name), .values = ValuesOf<float>(*array)});
  }
  return signals;
}

}  // namespace reelbatch::contracts
