#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "components/component.h"
#include "components/meter_set.h"
#include "contracts/video.h"
#include "image/frame.h"
#include "media/frame_sampler.h"

namespace reelbatch::runtime {

/// A frame as the components' meters saw it.
struct MeasuredFrame {
  image::FrameStamp stamp;
  components::FrameMeasures measures;
  std::vector<bool> taken;  // by component: the frame is of its timeline, and its measure is new
};

using Components = std::vector<std::unique_ptr<components::Component>>;

/// The measured frames of one video in order, however they came about. Threads: one caller at a
/// time.
class MeasuredFeed {
 public:
  virtual ~MeasuredFeed() = default;

  virtual const contracts::VideoInfo& info() const = 0;

  /// Once, before the first Next(). `components` outlive the feed. Errors: a meter cannot be made.
  virtual base::Status Start(const Components& components) = 0;

  /// The next frame, or null at the end; it lives until the next call.
  /// Errors: as media::FrameSource::Next(), and a meter's own, of which failed_component() tells.
  virtual base::Result<MeasuredFrame*> Next() = 0;

  /// The component whose meter gave the error.
  virtual std::optional<size_t> failed_component() const = 0;

  /// Complete once Next() has returned null.
  virtual const contracts::DecodeReport& report() const = 0;

  /// As media::FrameSource.
  virtual double position_s() const = 0;
  virtual std::optional<media::FrameSize> refused_size() const = 0;
};

}  // namespace reelbatch::runtime
