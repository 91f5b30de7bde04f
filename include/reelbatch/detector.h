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
  kYuv420,  // three planes: Y, then U and V of half the width and height, rounded up
  kGray8,   // one plane
  kRgb24,   // one plane of R G B R G B ...
  kBgr24,
};

/// One picture, in the caller's memory until Push() returns.
struct FrameView {
  PixelFormat format = PixelFormat::kRgb24;
  int width = 0;  // px
  int height = 0;
  struct PlaneView {
    const std::byte* data = nullptr;
    ptrdiff_t stride = 0;  // bytes from one row to the next
  };
  PlaneView planes[3] = {};  // as many as the format has
  bool full_range = false;   // of kYuv420 and kGray8: Y in 0..255 rather than 16..235
  bool bt709 = true;         // of kYuv420: else BT.601
};

struct DetectorOptions {
  int width = 0;  // px of every frame
  int height = 0;
  std::string preset = {};     // "fast", "balanced", "quality"; empty: by size
  double min_confidence = -1;  // 0 to 1; below 0: the detector's own
};

/// Finds cuts in frames that the host has already: from a camera, a renderer, a decoder of its own.
/// Nothing is opened, no thread is started.
///
/// The events are those that a Session finds in the same frames. They come when the last frame has:
/// whether a change is a cut is decided by all of them together. Memory: a few frames, and some 150
/// bytes for each that was pushed. Threads: one caller at a time.
class REELBATCH_API Detector {
 public:
  /// Errors: invalid_argument (names the field).
  static Result<Detector> Make(const DetectorOptions& options);
  Detector(Detector&&) noexcept;
  Detector& operator=(Detector&&) noexcept;
  ~Detector();

  /// The next frame, shown at `time_s`, which is later than that of the frame before. Errors:
  /// invalid_argument (another size, a null plane, a stride below a row, a time that does not
  /// follow), out_of_memory. After an error the frame does not count.
  Status Push(const FrameView& frame, double time_s);
  /// All frames have come. Every event, ascending; the detector takes no more frames.
  Result<std::vector<Event>> Finish();
  /// After Finish().
  const std::vector<Shot>& shots() const;

 private:
  class Impl;
  explicit Detector(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace reelbatch
