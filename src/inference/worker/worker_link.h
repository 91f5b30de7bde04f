#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "contracts/batch_failure.h"
#include "contracts/tensor.h"

namespace reelbatch::inference {

/// The version of the messages. The worker gets it as its first argument, and refuses another.
inline constexpr std::string_view kWorkerProtocol = "1";

/// What a program and its worker tell each other.
struct WorkerMessage {
  enum class Kind : uint32_t {
    kOpen,     // to the worker: load a model; `text` is the JSON of a ModelOrder
    kOpened,   // the model is loaded; `text` is JSON, of a ModelUsed
    kRefused,  // it is not; `text` is JSON, of a base::Error
    kInfer,    // to the worker: run a batch of `tensors`
    kOutputs,  // its outputs are `tensors`
    kFailed,   // it has none; see `failure`
  };
  Kind kind = Kind::kOpen;
  std::string text = {};
  contracts::BatchFailure failure = {};
  std::vector<contracts::Tensor> tensors = {};
};

/// Memory that another process can map, as long as one of them lives: a memfd without a name.
class SharedBytes {
 public:
  SharedBytes() = default;
  /// New memory of `bytes` > 0, reserved at once, so that a lack of it is an error here and not a
  /// signal at the first write. Errors: out_of_memory.
  static base::Result<SharedBytes> Make(size_t bytes);
  /// The memory of another process. Errors: out_of_memory (no addresses are left), io.
  static base::Result<SharedBytes> Map(base::Fd file);
  ~SharedBytes();
  SharedBytes(SharedBytes&& other) noexcept;
  SharedBytes& operator=(SharedBytes&& other) noexcept;
  SharedBytes(const SharedBytes&) = delete;
  SharedBytes& operator=(const SharedBytes&) = delete;

  std::span<char> bytes() const { return bytes_; }
  int fd() const { return file_.get(); }

 private:
  static base::Result<SharedBytes> Mapped(base::Fd file, size_t bytes);
  base::Fd file_;
  std::span<char> bytes_ = {};
};

/// One end of a connection between a program and its worker. Messages go through a socket; tensors
/// through memory that their sender owns and that grows with the largest message, so a sender waits
/// for the answer before it sends again. Threads: one at a time.
class WorkerLink {
 public:
  /// `socket`: connected, SOCK_SEQPACKET.
  explicit WorkerLink(base::Fd socket) : socket_(std::move(socket)) {}

  /// The two ends of a connection. Errors: unavailable (no files are left).
  static base::Result<std::pair<base::Fd, base::Fd>> Connect();

  /// `tensors` instead of those in the message, which need not be copied then.
  /// Errors: unavailable (the other side has ended), out_of_memory (no memory for the tensors).
  base::Status Send(const WorkerMessage& message, std::span<const contracts::Tensor> tensors = {});
  /// Waits for a message; `timeout` 0: without end. Errors: unavailable (the other side has ended),
  /// deadline, out_of_memory (its tensors do not fit), corrupt (not a message of ours).
  base::Result<WorkerMessage> Receive(std::chrono::milliseconds timeout);

 private:
  base::Status Write(const std::string& bytes, int file);
  /// The bytes stay until the next call.
  base::Result<std::string_view> Read();

  base::Fd socket_;
  SharedBytes ours_ = {};
  SharedBytes theirs_ = {};
  std::string packet_ = {};  // as it came
};

}  // namespace reelbatch::inference
