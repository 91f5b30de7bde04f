#include "contracts/component_result.h"

#include <algorithm>

namespace reelbatch::contracts {

const Tensor* FindArray(const ComponentResult& result, std::string_view name) {
  const auto found = std::ranges::find(result.arrays, name, &Tensor::name);
  return found == result.arrays.end() ? nullptr : &*found;
}

FrameSignals SignalsOf(const ComponentResult& result, const std::vector<std::string_view>& names) {
  FrameSignals signals;
  const std::vector<int32_t> frames = ArrayOf<int32_t>(result, "frame_indices");
  signals.timeline.frame_indices.assign(frames.begin(), frames.end());
  signals.timeline.pts_s = ArrayOf<double>(result, "times_s_f64");
  for (const std::string_view name : names) {
    if (const Tensor* const array = FindArray(result, name))
      signals.series.push_back({.name = std::string(name), .values = ValuesOf<float>(*array)});
  }
  return signals;
}

}  // namespace reelbatch::contracts
