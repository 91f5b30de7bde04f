#pragma once

#include "contracts/video.h"
#include "media/frame_converter.h"
#include "media/frame_sampler.h"

namespace reelbatch::media {

/// What reading a video has settled so far: which frames are taken, and the geometry that all of
/// them have. Files that are read as one video share it, one after the other.
struct ReadingState {
  /// `zero_s`: as FrameSampler's.
  ReadingState(const contracts::Sampling& sampling, double zero_s)
      : sampler(sampling, zero_s), converter(sampling) {}

  FrameSampler sampler;
  FrameConverter converter;
};

}  // namespace reelbatch::media
