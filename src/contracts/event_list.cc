#include "contracts/event_list.h"

#include <algorithm>

namespace reelbatch::contracts {

const std::vector<float>* FrameSignals::Find(std::string_view name) const {
  const auto found = std::ranges::find(series, name, &FrameSeries::name);
  return found == series.end() ? nullptr : &found->values;
}

Rational RateOf(const EventList& list) {
  for (const Rational& rate : {list.decode.rate, list.info.avg_fps, list.info.nominal_fps}) {
    if (rate.num > 0 && rate.den > 0) return rate;
  }
  return {0, 1};
}

}  // namespace reelbatch::contracts
