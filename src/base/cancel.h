#pragma once

#include <atomic>

namespace reelbatch::base {

/// A one-way flag: once cancelled, always cancelled. Threads: any. Safe to set from a signal
/// handler.
class CancelToken {
 public:
  void Cancel() { cancelled_.store(true, std::memory_order_release); }
  bool cancelled() const { return cancelled_.load(std::memory_order_acquire); }

 private:
  std::atomic<bool> cancelled_{false};
};
static_assert(std::atomic<bool>::is_always_lock_free);

}  // namespace reelbatch::base
