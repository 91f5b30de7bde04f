#pragma once

#include <memory>

#include "media/frame_request.h"
#include "runtime/cost_log.h"
#include "runtime/frame_shares.h"
#include "runtime/measured_feed.h"
#include "runtime/video_watch.h"

namespace reelbatch::runtime {

/// Measures the frames of a source as they are asked for, in the caller's thread, each for those
/// components whose request takes it. `shares`: who has which of the source's requests. Tells
/// `watch` what it is at, and `costs` what measuring takes. Both outlive it.
std::unique_ptr<MeasuredFeed> MakeDecodeFeed(std::unique_ptr<media::RequestedSource> source,
                                             FrameShares shares, VideoWatch& watch, CostLog& costs);

}  // namespace reelbatch::runtime
