#pragma once

#include <string_view>

#include "base/result.h"
#include "contracts/outcome.h"
#include "contracts/video.h"
#include "image/frame.h"

namespace reelbatch::components {

/// A named producer of artifacts for one video: Open, then Process for every frame in order, then Close.
/// One object per video. Threads: one caller at a time.
class Component {
 public:
  virtual ~Component() = default;
  virtual std::string_view name() const = 0;
  virtual base::Status Open(const contracts::VideoInfo& info) = 0;
  virtual base::Status Process(const image::StampedFrame& frame) = 0;
  /// Puts its result into `outcome`. Called once, also after 0 or 1 frames.
  virtual base::Status Close(const contracts::DecodeReport& report,
                             contracts::VideoOutcome& outcome) = 0;
};

}  // namespace reelbatch::components
