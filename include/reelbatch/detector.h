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
  kYuv420,  // 8 bits; three planes: Y, then U and V of half the width and height, rounded up
  kGray8,   // one plane
  kRgb24,   // one plane of R G B R G B ...
  kBgr24,   // one plane of B G R B G R ...
};

/// One picture, in the caller's memory until Push() returns. Nothing beyond the last byte of a row
/// is read, so rows need neither alignment nor padding.
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
  int width = 0;  // px of every frame, 3 to 16384
  int height = 0;
  std::string preset = {};                    // "quality", "default", "fast"; empty: by size
  std::optional<double> min_confidence = {};  // above 0, to 1; none: 0.5
};

/// Finds cuts in frames that the host has already: from a camera, a renderer, a decoder of its own.
/// Nothing is opened, no thread is started.
///
/// The events are those that a Session finds in a file of the same frames. They come when the last
/// frame has: whether a change is a cut is decided by all of them together. Memory: a few frames,
/// and some 150 bytes for each that was pushed.
///
/// Threads: one caller at a time. One that was moved from may only be assigned to or destroyed.
/// Example:
///   auto detector = reelbatch::Detector::Make({.width = 640, .height = 360});
///   for (size_t k = 0; k < pictures.size(); ++k)
///     detector->Push({.width = 640, .height = 360, .planes = {{pictures[k].data(), 3 * 640}}},
///                    static_cast<double>(k) / 25);
///   for (const auto& event : *detector->Finish()) std::printf("%.3f\n", event.start_s);
class REELBATCH_API Detector {
 public:
  /// Errors: invalid_argument (names the field), out_of_memory.
  static Result<Detector> Make(const DetectorOptions& options);
  Detector(Detector&&) noexcept;
  Detector& operator=(Detector&&) noexcept;
  ~Detector();

  /// The next frame, shown at `time_s`: 0 or more, and later than the frame before. Frames count
  /// from 0 in the order in which they come; events have the times that were given here. Errors:
  /// invalid_argument (names the field: another size or format than the frames before, a null
  /// plane, a stride below a row, a time that does not follow, a frame after Finish()): the frame
  /// does not count, and another one may come; out_of_memory and internal: the detector has come
  /// to its end, and Finish() answers with the same error.
  Status Push(const FrameView& frame, double time_s);
  /// All frames have come. Every event, ascending; the detector takes no more frames. Errors:
  /// invalid_argument (called before), out_of_memory, internal.
  Result<std::vector<Event>> Finish();
  /// After Finish(): what lies between the events that end a shot. Lives as long as the detector.
  const std::vector<Shot>& shots() const;

 private:
  class REELBATCH_HIDDEN Impl;
  explicit Detector(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace reelbatch
