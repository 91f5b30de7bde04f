#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/video.h"
#include "media/frame_request.h"

namespace reelbatch::runtime {

/// What the components of a run that look at frames, or at pictures of a second pass, want of them,
/// by name. One that is not named wants every frame of the run's range as it is.
using FrameRequests = std::map<std::string, media::FrameRequest, std::less<>>;

/// As FrameRequests says. `sampling`: the run's.
media::FrameRequest RequestOf(const FrameRequests& wanted, std::string_view component,
                              const contracts::Sampling& sampling);

/// Who looks at which frames of one decoding.
struct FrameShares {
  std::vector<media::FrameRequest> requests = {};  // without repeats
  /// By component, its place among `requests`. None: it looks at no frames.
  std::vector<std::optional<size_t>> of = {};
};

/// Those with the same sampling share a request, unless they want small pictures of different
/// sizes. `wanted`: by component; none: it looks at no frames.
FrameShares ShareFrames(const std::vector<std::optional<media::FrameRequest>>& wanted);

/// All that the components of a run want of a video, without repeats; where none is named, every
/// frame of the run's range.
std::vector<media::FrameRequest> RequestsOfAll(const FrameRequests& wanted,
                                               const contracts::Sampling& sampling);

}  // namespace reelbatch::runtime
