#include "media/reading_state.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace reelbatch::media {
namespace {

using contracts::Sampling;

/// The place of what is equal among what was found so far, or a new one at the end.
template <class T>
size_t PlaceOf(const T& wanted, std::vector<T>& found) {
  const auto place = std::ranges::find(found, wanted);
  if (place != found.end()) return static_cast<size_t>(place - found.begin());
  found.push_back(wanted);
  return found.size() - 1;
}

}  // namespace

ReadingState::ReadingState(const std::vector<FrameRequest>& requests, double zero_s) {
  using Rate = std::pair<std::optional<double>, std::optional<int>>;
  using Size = std::pair<std::optional<int>, std::optional<int>>;
  std::vector<Rate> rates;
  std::vector<Size> sizes;
  for (const FrameRequest& request : requests) {
    const Sampling& sampling = request.sampling;
    const Place place{
        .sampler = PlaceOf(Rate(sampling.analysis_fps, sampling.every), rates),
        .converter = PlaceOf(Size(sampling.analysis_width, sampling.analysis_height), sizes)};
    if (place.sampler == samplers.size()) samplers.emplace_back(sampling, zero_s);
    if (place.converter == converters.size()) converters.emplace_back(sampling);
    places.push_back(place);
  }
}

}  // namespace reelbatch::media
