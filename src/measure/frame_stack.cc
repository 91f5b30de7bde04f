#include "measure/frame_stack.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "measure/machine.h"

namespace reelbatch::measure {
namespace {

constexpr int kHighDefinition = 720;  // lines from which players take BT.709

}  // namespace

FrameStack::FrameStack(const StackShape& shape, int fd) : shape_(shape), fd_(fd) {
  bytes_ = Offset(shape.frames, 0);
}

FrameStack::~FrameStack() {
  if (data_ != nullptr) munmap(data_, bytes_);
  if (fd_ >= 0) close(fd_);
}

FrameStack::FrameStack(FrameStack&& other) noexcept
    : shape_(other.shape_),
      bytes_(other.bytes_),
      fd_(std::exchange(other.fd_, -1)),
      data_(std::exchange(other.data_, nullptr)) {}

FrameStack& FrameStack::operator=(FrameStack&& other) noexcept {
  std::swap(shape_, other.shape_);
  std::swap(bytes_, other.bytes_);
  std::swap(fd_, other.fd_);
  std::swap(data_, other.data_);
  return *this;
}

base::Result<FrameStack> FrameStack::Make(const StackShape& shape) {
  if (shape.width < 1 || shape.height < 1 || shape.frames < 1 || !(shape.fps > 0)) {
    return base::Fail(base::Code::kInvalidArgument,
                      fmt::format("{} frames of {}x{} do not fit into memory", shape.frames,
                                  shape.width, shape.height));
  }
  FrameStack stack(shape, memfd_create("reelbatch-frames", MFD_CLOEXEC));
  // Asked first, because the kernel gives out such memory until it has to kill somebody; then
  // reserved, so that too little of it is an error here and not a SIGBUS later.
  const int64_t available = ReadMachine().memory_available;
  const bool failed = stack.fd_ < 0 || static_cast<int64_t>(stack.bytes_) > available ||
                      ftruncate(stack.fd_, static_cast<off_t>(stack.bytes_)) != 0 ||
                      posix_fallocate(stack.fd_, 0, static_cast<off_t>(stack.bytes_)) != 0;
  if (failed) {
    return base::Fail(
        base::Code::kOutOfMemory,
        fmt::format(
            "{} frames of {}x{} need {} MiB of memory, but {} MiB are available; use fewer frames",
            shape.frames, shape.width, shape.height, stack.bytes_ >> 20U, available >> 20));
  }
  if (auto mapped = stack.Map(); !mapped) return std::unexpected(mapped.error());
  return stack;
}

base::Result<FrameStack> FrameStack::FromFile(int fd, const StackShape& shape) {
  FrameStack stack(shape, fd);
  struct stat about{};
  if (fstat(fd, &about) != 0 || static_cast<size_t>(about.st_size) != stack.bytes_) {
    return base::Fail(base::Code::kInvalidArgument,
                      fmt::format("file {} does not have {} frames of {}x{}", fd, shape.frames,
                                  shape.width, shape.height));
  }
  if (auto mapped = stack.Map(); !mapped) return std::unexpected(mapped.error());
  return stack;
}

base::Status FrameStack::Map() {
  // Every page is there before a clock starts.
  void* mapped = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd_, 0);
  if (mapped == MAP_FAILED) {
    return base::Fail(base::Code::kOutOfMemory, fmt::format("{} MiB of frames cannot be mapped: {}",
                                                            bytes_ >> 20U, std::strerror(errno)));
  }
  data_ = static_cast<uint8_t*>(mapped);
  return {};
}

size_t FrameStack::Stride(int plane) const {
  const auto width = static_cast<size_t>(plane_width(plane));
  return (width + image::kRowAlignment - 1) / image::kRowAlignment * image::kRowAlignment;
}

size_t FrameStack::Offset(int frame, int plane) const {
  const size_t luma = Stride(0) * static_cast<size_t>(plane_height(0));
  const size_t chroma = Stride(1) * static_cast<size_t>(plane_height(1));
  size_t offset = static_cast<size_t>(frame) * (luma + 2 * chroma);
  if (plane > 0) offset += luma;
  if (plane > 1) offset += chroma;
  return offset;
}

uint8_t* FrameStack::row(int frame, int plane, int y) {
  return data_ + Offset(frame, plane) + Stride(plane) * static_cast<size_t>(y);
}

image::StampedFrame FrameStack::frame(int index) const {
  const auto view = [&](int plane) {
    return image::ImageView<uint8_t>{.data = data_ + Offset(index, plane),
                                     .width = plane_width(plane),
                                     .height = plane_height(plane),
                                     .stride = static_cast<ptrdiff_t>(Stride(plane))};
  };
  image::StampedFrame frame;
  frame.view.y = view(0);
  frame.view.u = view(1);
  frame.view.v = view(2);
  frame.view.bt709 = shape_.height >= kHighDefinition;
  frame.index = index;
  frame.pts_s = index / shape_.fps;
  return frame;
}

}  // namespace reelbatch::measure
