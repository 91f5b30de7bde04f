#include "inference/worker/worker_link.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "inference/tensor_layout.h"

namespace reelbatch::inference {
namespace {

using contracts::Tensor;

constexpr uint32_t kMagic = 0x72656c62;    // "relb"
constexpr size_t kMostMessage = 64 << 10;  // tensors are not in it
constexpr size_t kMostText = 16 << 10;     // of a message; evidence is cut
constexpr size_t kLeastMemory = 64 << 10;  // that a sender owns

/// Numbers and texts, one after the other, of two processes of one machine.
class Writer {
 public:
  template <class T>
  void Number(T value) {
    const auto raw = std::bit_cast<std::array<char, sizeof(T)>>(value);
    bytes_.append(raw.data(), raw.size());
  }
  void Text(std::string_view text) {
    Number<uint64_t>(text.size());
    bytes_ += text;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}
  template <class T>
  T Number() {
    std::array<char, sizeof(T)> raw{};
    const std::string_view taken = Take(sizeof(T));
    if (taken.size() == sizeof(T)) std::memcpy(raw.data(), taken.data(), sizeof(T));
    return std::bit_cast<T>(raw);
  }
  std::string Text() { return std::string(Take(Number<uint64_t>())); }
  bool ok() const { return ok_; }

 private:
  std::string_view Take(size_t bytes) {
    ok_ = ok_ && bytes <= left_.size();
    if (!ok_) return {};
    const std::string_view taken = left_.substr(0, bytes);
    left_.remove_prefix(bytes);
    return taken;
  }
  std::string_view left_;
  bool ok_ = true;
};

base::Error Gone() {
  return {.code = base::Code::kUnavailable, .message = "the process at the other end has ended"};
}

base::Error NoMemory(size_t bytes, const char* why) {
  return {.code = base::Code::kOutOfMemory,
          .message = fmt::format("no {} bytes of shared memory: {}", bytes, why)};
}

/// What a call of the socket that failed means.
base::Error ErrorOf(int error) {
  if (error == EPIPE || error == ECONNRESET) return Gone();
  const bool memory = error == ENOMEM || error == ENOBUFS;
  return {.code = memory ? base::Code::kOutOfMemory : base::Code::kIo,
          .message = fmt::format("cannot talk to the other process: {}", std::strerror(error))};
}

std::string HeadOf(const WorkerMessage& message, std::span<const Tensor> tensors) {
  Writer head;
  head.Number(kMagic);
  head.Number(static_cast<uint32_t>(message.kind));
  head.Text(std::string_view(message.text).substr(0, kMostText));
  head.Number(static_cast<uint32_t>(message.failure.failure));
  head.Number(static_cast<int32_t>(message.failure.max_batch));
  head.Text(std::string_view(message.failure.evidence).substr(0, kMostText));
  head.Number(static_cast<uint32_t>(tensors.size()));
  for (const Tensor& tensor : tensors) {
    head.Text(tensor.name);
    head.Number(static_cast<uint32_t>(tensor.type));
    head.Number(static_cast<uint32_t>(tensor.shape.size()));
    for (const int64_t size : tensor.shape) head.Number(size);
    head.Number<uint64_t>(tensor.bytes.size());
  }
  return head.bytes();
}

/// None: these bytes are no message, or name bytes beyond `memory`.
std::optional<WorkerMessage> MessageOf(std::string_view bytes, std::span<const char> memory) {
  Reader head(bytes);
  if (head.Number<uint32_t>() != kMagic) return std::nullopt;
  WorkerMessage message;
  message.kind = static_cast<WorkerMessage::Kind>(head.Number<uint32_t>());
  message.text = head.Text();
  message.failure.failure = static_cast<contracts::FailureClass>(head.Number<uint32_t>());
  message.failure.max_batch = head.Number<int32_t>();
  message.failure.evidence = head.Text();
  const auto tensors = head.Number<uint32_t>();
  size_t at = 0;
  for (uint32_t k = 0; k < tensors && head.ok(); ++k) {
    Tensor tensor;
    tensor.name = head.Text();
    tensor.type = static_cast<contracts::ElementType>(head.Number<uint32_t>());
    const auto rank = head.Number<uint32_t>();
    for (uint32_t d = 0; d < rank && head.ok(); ++d) tensor.shape.push_back(head.Number<int64_t>());
    const size_t size = head.Number<uint64_t>();
    if (!head.ok() || size > memory.size() - at) return std::nullopt;
    tensor.bytes.assign(memory.data() + at, size);
    at = std::min(memory.size(), at + Aligned(size));
    message.tensors.push_back(std::move(tensor));
  }
  if (!head.ok()) return std::nullopt;
  return message;
}

}  // namespace

base::Result<SharedBytes> SharedBytes::Make(size_t bytes) {
  base::Fd file(memfd_create("reelbatch-tensors", MFD_CLOEXEC));
  if (file.get() < 0) return std::unexpected(NoMemory(bytes, std::strerror(errno)));
  int error = EINTR;
  while (error == EINTR) error = posix_fallocate(file.get(), 0, static_cast<off_t>(bytes));
  if (error != 0) return std::unexpected(NoMemory(bytes, std::strerror(error)));
  return Mapped(std::move(file), bytes);
}

base::Result<SharedBytes> SharedBytes::Map(base::Fd file) {
  struct stat about{};
  if (fstat(file.get(), &about) != 0 || about.st_size <= 0)
    return base::Fail(base::Code::kIo, "the shared memory has no size");
  return Mapped(std::move(file), static_cast<size_t>(about.st_size));
}

base::Result<SharedBytes> SharedBytes::Mapped(base::Fd file, size_t bytes) {
  void* const at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (at == MAP_FAILED) return std::unexpected(NoMemory(bytes, std::strerror(errno)));
  SharedBytes made;
  made.file_ = std::move(file);
  made.bytes_ = {static_cast<char*>(at), bytes};
  return made;
}

SharedBytes::~SharedBytes() {
  if (!bytes_.empty()) munmap(bytes_.data(), bytes_.size());
}

SharedBytes::SharedBytes(SharedBytes&& other) noexcept
    : file_(std::move(other.file_)), bytes_(std::exchange(other.bytes_, {})) {}

SharedBytes& SharedBytes::operator=(SharedBytes&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

base::Result<std::pair<base::Fd, base::Fd>> WorkerLink::Connect() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return base::Fail(base::Code::kUnavailable,
                      fmt::format("cannot make a socket: {}", std::strerror(errno)));
  }
  return std::pair(base::Fd(ends[0]), base::Fd(ends[1]));
}

base::Status WorkerLink::Send(const WorkerMessage& message, std::span<const Tensor> tensors) {
  if (tensors.empty()) tensors = message.tensors;
  size_t needed = 0;
  for (const Tensor& tensor : tensors) needed += Aligned(tensor.bytes.size());
  int file = -1;
  if (needed > ours_.bytes().size()) {
    // Given back first: for a moment there would be both.
    ours_ = {};
    auto made = SharedBytes::Make(std::bit_ceil(std::max(needed, kLeastMemory)));
    if (!made) made = SharedBytes::Make(needed);
    if (!made) return std::unexpected(made.error());
    ours_ = std::move(*made);
    file = ours_.fd();
  }
  size_t at = 0;
  for (const Tensor& tensor : tensors) {
    std::memcpy(ours_.bytes().data() + at, tensor.bytes.data(), tensor.bytes.size());
    at += Aligned(tensor.bytes.size());
  }
  return Write(HeadOf(message, tensors), file);
}

base::Status WorkerLink::Write(const std::string& bytes, int file) {
  iovec part{.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};
  msghdr packet{};
  packet.msg_iov = &part;
  packet.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  if (file >= 0) {
    packet.msg_control = control.data();
    packet.msg_controllen = control.size();
    cmsghdr* const rights = CMSG_FIRSTHDR(&packet);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(rights), &file, sizeof file);
  }
  while (sendmsg(socket_.get(), &packet, MSG_NOSIGNAL) < 0) {
    if (errno == EINTR) continue;
    const int error = errno;
    ours_ = {};  // the other side may not have heard of it
    return std::unexpected(ErrorOf(error));
  }
  return {};
}

base::Result<std::string_view> WorkerLink::Read() {
  packet_.resize(kMostMessage);
  iovec part{.iov_base = packet_.data(), .iov_len = packet_.size()};
  msghdr packet{};
  packet.msg_iov = &part;
  packet.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  packet.msg_control = control.data();
  packet.msg_controllen = control.size();
  ssize_t got = -1;
  do {
    got = recvmsg(socket_.get(), &packet, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return std::unexpected(ErrorOf(errno));
  if (got == 0) return std::unexpected(Gone());
  const cmsghdr* const rights = CMSG_FIRSTHDR(&packet);
  if (rights != nullptr && rights->cmsg_type == SCM_RIGHTS) {
    int file = -1;
    std::memcpy(&file, CMSG_DATA(rights), sizeof file);
    theirs_ = {};
    auto mapped = SharedBytes::Map(base::Fd(file));
    if (!mapped) return std::unexpected(mapped.error());
    theirs_ = std::move(*mapped);
  }
  return std::string_view(packet_).substr(0, static_cast<size_t>(got));
}

base::Result<WorkerMessage> WorkerLink::Receive(std::chrono::milliseconds timeout) {
  pollfd waited{.fd = socket_.get(), .events = POLLIN, .revents = 0};
  const base::SystemClock clock;
  const base::Nanoseconds begin = clock.Steady();
  constexpr std::chrono::milliseconds kMost{std::chrono::hours(24)};  // that poll() is asked for
  int ready = 0;
  bool late = false;
  while (ready <= 0 && !late) {
    const auto left =
        timeout - std::chrono::duration_cast<std::chrono::milliseconds>(clock.Steady() - begin);
    late = timeout.count() > 0 && left.count() <= 0;
    const int wait =
        timeout.count() > 0 ? static_cast<int>(std::clamp(left, {}, kMost).count()) : -1;
    ready = poll(&waited, 1, wait);
    if (ready < 0 && errno != EINTR) return std::unexpected(ErrorOf(errno));
  }
  if (ready <= 0) {
    return base::Fail(
        base::Code::kDeadline,
        fmt::format("no answer within {} s", std::chrono::duration<double>(timeout).count()));
  }
  const auto bytes = Read();
  if (!bytes) return std::unexpected(bytes.error());
  auto message = MessageOf(*bytes, theirs_.bytes());
  if (!message) return base::Fail(base::Code::kCorrupt, "this is not a message of reelbatch");
  return std::move(*message);
}

}  // namespace reelbatch::inference
