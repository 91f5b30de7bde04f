#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/result.h"
#include "image/frame.h"

namespace reelbatch::measure {

/// Geometry and number of frames in memory: 8-bit 4:2:0, constant rate.
struct StackShape {
  int width = 0;   // px
  int height = 0;  // px
  int frames = 0;
  double fps = 30;
  friend bool operator==(const StackShape&, const StackShape&) = default;
};

/// Frames that are all in memory before a clock starts, in their own anonymous file (memfd),
/// so that another process can get the same ones, and so that their memory is known
/// exactly. Threads: many may read after it is filled.
class FrameStack {
 public:
  /// Errors: invalid_argument (a size or number below 1), out_of_memory.
  static base::Result<FrameStack> Make(const StackShape& shape);
  /// For a file that another process filled; owns `fd`.
  /// Errors: invalid_argument (it does not have such frames), out_of_memory.
  static base::Result<FrameStack> FromFile(int fd, const StackShape& shape);
  ~FrameStack();
  FrameStack(FrameStack&& other) noexcept;
  FrameStack& operator=(FrameStack&& other) noexcept;
  FrameStack(const FrameStack&) = delete;
  FrameStack& operator=(const FrameStack&) = delete;

  const StackShape& shape() const { return shape_; }
  int frames() const { return shape_.frames; }
  int pairs() const { return shape_.frames - 1; }
  size_t bytes() const { return bytes_; }
  /// Of the memory; stays open as long as the object exists.
  int fd() const { return fd_; }

  /// Frame `index`, counted from 0, with time index / fps. The matrix is the one that players
  /// assume for the size, the range limited.
  image::StampedFrame frame(int index) const;

  /// First sample of row `y` of plane 0 (Y), 1 (U) or 2 (V), to be written.
  uint8_t* row(int frame, int plane, int y);
  int plane_width(int plane) const { return plane == 0 ? shape_.width : (shape_.width + 1) / 2; }
  int plane_height(int plane) const { return plane == 0 ? shape_.height : (shape_.height + 1) / 2; }

 private:
  FrameStack(const StackShape& shape, int fd);
  base::Status Map();
  size_t Stride(int plane) const;
  size_t Offset(int frame, int plane) const;

  StackShape shape_;
  size_t bytes_ = 0;
  int fd_ = -1;
  uint8_t* data_ = nullptr;
};

}  // namespace reelbatch::measure
