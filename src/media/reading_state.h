#pragma once

#include <cstddef>
#include <vector>

#include "media/frame_converter.h"
#include "media/frame_request.h"
#include "media/frame_sampler.h"

namespace reelbatch::media {

/// What reading a video has settled so far: which frames are taken, and the geometry that all of
/// them have. Files that are read as one video share it, one after the other.
struct ReadingState {
  /// `zero_s`: as FrameSampler's. At least one request.
  ReadingState(const std::vector<FrameRequest>& requests, double zero_s);

  /// Where a request's frames come from.
  struct Place {
    size_t sampler = 0;
    size_t converter = 0;
  };
  std::vector<Place> places;               // by request
  std::vector<FrameSampler> samplers;      // one per rate
  std::vector<FrameConverter> converters;  // one per analysis size
};

}  // namespace reelbatch::media
