#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace reelbatch::image {

/// Rows start at multiples of this number of bytes; every row is padded to a multiple of it.
inline constexpr size_t kRowAlignment = 64;

/// A read-only view of `height` rows of `width` samples, `stride` samples apart. It owns no memory.
template <class T>
struct ImageView {
  const T* data = nullptr;
  int width = 0;
  int height = 0;
  ptrdiff_t stride = 0;

  const T* row(int y) const { return data + stride * y; }
  bool empty() const { return width <= 0 || height <= 0; }
};

/// One plane of samples that owns its memory. Reset() keeps the memory if it is large enough, so
/// a plane that is reused for every frame of a video is allocated once.
template <class T>
class Plane {
 public:
  Plane() = default;
  Plane(int width, int height) { Reset(width, height); }

  /// Sets the size. The samples are unspecified afterwards.
  void Reset(int width, int height) {
    constexpr size_t kSamples = kRowAlignment / sizeof(T);
    const size_t stride = (static_cast<size_t>(width) + kSamples - 1) / kSamples * kSamples;
    const size_t bytes = stride * static_cast<size_t>(height) * sizeof(T);
    if (bytes > capacity_) {
      data_.reset(static_cast<T*>(::operator new(bytes, std::align_val_t{kRowAlignment})));
      capacity_ = bytes;
    }
    width_ = width;
    height_ = height;
    stride_ = static_cast<ptrdiff_t>(stride);
  }

  /// Copies size and samples, including padding.
  void CopyFrom(const Plane& other) {
    Reset(other.width_, other.height_);
    const size_t samples = static_cast<size_t>(stride_) * static_cast<size_t>(height_);
    if (samples > 0) std::memcpy(data_.get(), other.data_.get(), samples * sizeof(T));
  }

  int width() const { return width_; }
  int height() const { return height_; }
  ptrdiff_t stride() const { return stride_; }
  size_t capacity_bytes() const { return capacity_; }
  T* row(int y) { return data_.get() + stride_ * y; }
  const T* row(int y) const { return data_.get() + stride_ * y; }
  ImageView<T> view() const { return {data_.get(), width_, height_, stride_}; }

 private:
  struct Free {
    void operator()(T* p) const { ::operator delete(p, std::align_val_t{kRowAlignment}); }
  };
  std::unique_ptr<T, Free> data_;
  size_t capacity_ = 0;
  int width_ = 0;
  int height_ = 0;
  ptrdiff_t stride_ = 0;
};

}  // namespace reelbatch::image
