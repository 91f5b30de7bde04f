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

/// What is known of the calls that were given up.
enum class Abandoned : uint8_t {
  kNone,
  kOver,     // the server has ended them, or is gone
  kUnknown,  // the longest wait is over; the server may still be at work on them
};

/// Calls of one model that were given up while the server goes on with them. A server that is slow
/// for one batch would otherwise get the next one on top, run into its deadline again, and never
/// come to an end. Threads: any, side by side.
class AbandonedCalls {
 public:
  AbandonedCalls(std::shared_ptr<TritonServer> server, std::string model, std::string version);

  /// A call of ours came back from the model.
  void Completed() { completed_.fetch_add(1, std::memory_order_relaxed); }
  /// A call of ours was given up.
  void Add();
  /// Waits until the server counts as many more calls as were given up, until it is gone, or for
  /// options.request_timeout (30 s at most) where it counts none. Calls of other clients count as
  /// well: then the wait may end early.
  Abandoned WaitOut();
  /// The server or the model began anew.
  void Forget();

 private:
  std::optional<int64_t> CallsDone() const;
  bool AllDone() REQUIRES(mutex_);

  const std::shared_ptr<TritonServer> server_;
  const std::string model_;
  const std::string version_;
  const base::SystemClock clock_;
  std::atomic<int64_t> completed_{0};
  std::atomic<int64_t> open_{0};  // given up and not known to be over
  base::Mutex mutex_;
  base::ConditionVariable forgotten_;
  // As of the first that was given up: what the server had counted, and how many of ours had come
  // back.
  std::optional<int64_t> done_then_ GUARDED_BY(mutex_);
  int64_t completed_then_ GUARDED_BY(mutex_) = 0;
};

}  // namespace reelbatch::inference
