#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reelbatch/error.h"
#include "reelbatch/export.h"
#include "reelbatch/result.h"

namespace reelbatch {

enum class PixelFormat : uint8_t {
  kYuv420,  // 8 bits, three planes: Y, U and V; U and V have half the width and height, rounded up
  kGray8,   // 8 bits, one plane
  kRgb24,   // 8 bits, one plane of R G B R G B ...
  kBgr24,   // 8 bits, one plane of B G R B G R ...
};

/// One frame in the memory of the caller, which must be valid until Detector::Push() returns. Rows
/// need no alignment and no padding, because nothing after the last pixel of a row is read.
struct FrameView {
  PixelFormat format = PixelFormat::kRgb24;
  int width = 0;  // pixels
  int height = 0;
  struct PlaneView {
    const std::byte* data = nullptr;
    ptrdiff_t stride = 0;  // bytes from one row to the next
  };
  PlaneView planes[3] = {};  // the first 1 or 3, depending on the format
  bool full_range = false;   // kYuv420 and kGray8: Y is 0 to 255 if true, 16 to 235 if false
  bool bt709 = true;         // kYuv420: colours are BT.709 if true, BT.601 if false
};

struct DetectorOptions {
  int width = 0;  // size of every frame in pixels, 3 to 16384
  int height = 0;
  std::string preset = {};  // "quality", "default" or "fast"; empty: chosen by the size
  std::optional<double> min_confidence = {};  // above 0 and at most 1; not set: 0.5
};

/// Detects cuts in frames that your program has in memory, for example from a camera, a renderer or
/// its own decoder. It opens no file and starts no thread.
///
/// The events are the same as those of a Session for a file with the same frames. They are
/// available after the last frame only, because the decision uses the statistics of all frames.
/// Memory: a few frames, and about 150 bytes for every pushed frame.
///
/// Threads: one thread at a time may use a detector. A detector that was moved from may only be
///          assigned to or destroyed.
/// Example: RGB frames at 25 frames per second.
///   auto detector = reelbatch::Detector::Make({.width = 640, .height = 360});
///   for (size_t k = 0; k < pictures.size(); ++k)
///     detector->Push({.width = 640, .height = 360, .planes = {{pictures[k].data(), 3 * 640}}},
///                    static_cast<double>(k) / 25);
///   for (const auto& event : *detector->Finish()) std::printf("%.3f\n", event.start_s);
class REELBATCH_API Detector {
 public:
  /// Errors: invalid_argument  a field of `options` is out of range; the message names it
  ///         out_of_memory
  static Result<Detector> Make(const DetectorOptions& options);
  Detector(Detector&&) noexcept;
  Detector& operator=(Detector&&) noexcept;
  ~Detector();

  /// Adds the next frame, which is shown at `time_s` seconds. The time must be 0 or more, and later
  /// than the time of the frame before. Frames are counted from 0; events have the times that were
  /// given here.
  ///
  /// Errors: invalid_argument  the size or format differs from the frames before, a plane is null,
  ///                           a stride is less than a row, the time is not later, or Finish() was
  ///                           called. The frame is ignored, and you can push another one.
  ///         out_of_memory, internal
  ///                           the detector has failed, and Finish() returns the same error
  Status Push(const FrameView& frame, double time_s);
  /// Ends the input, and returns all events in ascending order.
  /// Errors: invalid_argument  Finish() was already called
  ///         out_of_memory, internal
  Result<std::vector<Event>> Finish();
  /// The shots between the events that end a shot. Call it after Finish(). The reference is valid
  /// as long as the detector.
  const std::vector<Shot>& shots() const;

 private:
  class REELBATCH_HIDDEN Impl;
  explicit Detector(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace reelbatch
