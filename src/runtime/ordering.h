#pragma once

#include "contracts/video.h"

namespace reelbatch::runtime {

/// Seconds of the video that a run walks through, from its first frame: the container's duration up
/// to sampling.end_s. 0 where unknown.
///
/// A duration of more seconds than the file has bytes is a lie of a damaged header: it is cut to
/// that many seconds, so that one such file does not spoil the order and the ETA of the rest.
double MediaSeconds(const contracts::VideoInfo& info, const contracts::Sampling& sampling);

/// How much work a video is, in pixel seconds, to start the longest first: media seconds x width x
/// height; without a duration, guessed from the size of the file.
double WorkOf(const contracts::VideoInfo& info, const contracts::Sampling& sampling);

}  // namespace reelbatch::runtime
