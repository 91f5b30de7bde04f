#include "runtime/frame_shares.h"

#include <algorithm>
#include <utility>

namespace reelbatch::runtime {

using media::FrameRequest;

FrameRequest RequestOf(const FrameRequests& wanted, std::string_view component,
                       const contracts::Sampling& sampling) {
  const auto own = wanted.find(component);
  return own == wanted.end() ? FrameRequest{.sampling = sampling} : own->second;
}

FrameShares ShareFrames(const std::vector<std::optional<FrameRequest>>& wanted) {
  FrameShares shares;
  for (const std::optional<FrameRequest>& one : wanted) {
    if (!one) {
      shares.of.emplace_back();
      continue;
    }
    auto place = std::ranges::find_if(shares.requests, [&](const FrameRequest& known) {
      const bool same_picture =
          !known.thumbnail || !one->thumbnail || known.thumbnail == one->thumbnail;
      return known.sampling == one->sampling && same_picture;
    });
    if (place == shares.requests.end()) place = shares.requests.insert(place, *one);
    if (!place->thumbnail) place->thumbnail = one->thumbnail;
    shares.of.emplace_back(static_cast<size_t>(place - shares.requests.begin()));
  }
  return shares;
}

std::vector<FrameRequest> RequestsOfAll(const FrameRequests& wanted,
                                        const contracts::Sampling& sampling) {
  if (wanted.empty()) return {{.sampling = sampling}};
  std::vector<std::optional<FrameRequest>> all;
  for (const auto& [component, request] : wanted) all.emplace_back(request);
  return ShareFrames(all).requests;
}

}  // namespace reelbatch::runtime
