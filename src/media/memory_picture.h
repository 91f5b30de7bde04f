#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/result.h"
#include "image/frame.h"

namespace reelbatch::media {

enum class MemoryFormat : uint8_t {
  kYuv420,  // 8-bit Y, U and V; the last two of half the width and height, rounded up
  kGray8,
  kRgb24,
  kBgr24,
};

/// A picture in memory that is owned by the caller. Every plane that its format has is there, and
/// no stride is below the bytes of a row.
struct MemoryPicture {
  MemoryFormat format = MemoryFormat::kRgb24;
  int width = 0;
  int height = 0;
  struct Plane {
    const uint8_t* data = nullptr;
    ptrdiff_t stride = 0;  // bytes
  };
  std::array<Plane, 3> planes = {};
  bool full_range = false;  // of kYuv420 and kGray8
  bool bt709 = false;       // of kYuv420
};

/// Bytes of a row of a plane; 0: the format has no such plane.
int64_t RowBytes(const MemoryPicture& picture, size_t plane);

/// Turns such pictures into frames, as a reader does with those of a file: planar Y'CbCr passes
/// through, RGB becomes 4:4:4 by the rules of FrameConverter. Nothing but the rows' own bytes is
/// read. Threads: one caller at a time.
class MemoryPictureConverter {
 public:
  MemoryPictureConverter();
  MemoryPictureConverter(MemoryPictureConverter&&) noexcept;
  MemoryPictureConverter& operator=(MemoryPictureConverter&&) noexcept;
  ~MemoryPictureConverter();

  /// All pictures are of the first one's size and format. The view lives as long as the picture,
  /// and until the next call. Errors: out_of_memory.
  base::Result<image::FrameView> Convert(const MemoryPicture& picture);

 private:
  class Scaler;
  std::unique_ptr<Scaler> scaler_;  // once a picture needs it
};

}  // namespace reelbatch::media
