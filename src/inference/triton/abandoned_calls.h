#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/mutex.h"
#include "inference/triton/triton_server.h"

namespace reelbatch::inference {

/// What is known about the calls that were abandoned.
enum class Abandoned : uint8_t {
  kNone,
  kOver,     // the server has ended them, or it has ended itself
  kUnknown,  // the longest wait is over, and the server may still work on them
};

/// The calls of one model that were abandoned while the server still works on them. Without this
/// class, a server that is slow for one batch would get the next batch in addition, would exceed
/// its deadline again, and would never finish. Threads: any, side by side.
class AbandonedCalls {
 public:
  AbandonedCalls(std::shared_ptr<TritonServer> server, std::string model, std::string version);

  /// Notes that the model has answered one of our calls.
  void Completed() { completed_.fetch_add(1, std::memory_order_relaxed); }
  /// Notes that one of our calls was abandoned.
  void Add();
  /// Waits until the server has counted as many further calls as were abandoned, or until the
  /// server has ended. A server that counts no calls is given options.request_timeout, at most 30
  /// s. The server also counts the calls of other clients, so the wait may end too early.
  Abandoned WaitOut();
  /// Forgets all calls, because the server or the model was restarted.
  void Forget();

 private:
  std::optional<int64_t> CallsDone() const;
  bool AllDone() REQUIRES(mutex_);

  const std::shared_ptr<TritonServer> server_;
  const std::string model_;
  const std::string version_;
  const base::SystemClock clock_;
  std::atomic<int64_t> completed_{0};
  std::atomic<int64_t> open_{0};  // calls that were abandoned and may not be over
  base::Mutex mutex_;
  base::ConditionVariable forgotten_;
  // The state when the first call was abandoned: how many calls the server had counted, and how
  // many of our calls had come back.
  std::optional<int64_t> done_then_ GUARDED_BY(mutex_);
  int64_t completed_then_ GUARDED_BY(mutex_) = 0;
};

}  // namespace reelbatch::inference
