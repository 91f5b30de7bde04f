#pragma once

#include <cstdint>
#include <deque>

#include "base/mutex.h"

namespace reelbatch::runtime {

/// A counting budget: bytes of --max-memory, or CPU permits. The longest-waiting request is
/// admitted next, also when a later, smaller one would fit, so nothing starves. Threads: any.
class FifoBudget {
 public:
  /// `capacity` 0: no bound (what is in use is still counted).
  explicit FifoBudget(int64_t capacity) : capacity_(capacity) {}
  FifoBudget(const FifoBudget&) = delete;
  FifoBudget& operator=(const FifoBudget&) = delete;

  int64_t capacity() const { return capacity_; }
  /// Whether `amount` can ever be admitted.
  bool Fits(int64_t amount) const { return capacity_ == 0 || amount <= capacity_; }

  /// Waits for its turn. False, and nothing taken: stopped, or it never fits.
  [[nodiscard]] bool Acquire(int64_t amount) EXCLUDES(mutex_);
  void Release(int64_t amount) EXCLUDES(mutex_);
  /// Ends every wait, now and later, with false. What is held stays held until it is released.
  void Stop() EXCLUDES(mutex_);

  int64_t in_use() const EXCLUDES(mutex_);
  int64_t most_in_use() const EXCLUDES(mutex_);
  int waiting() const EXCLUDES(mutex_);

 private:
  /// Lives on the stack of the thread that waits; a condition each, so that a release wakes only
  /// whom it admits.
  struct Waiter {
    int64_t amount = 0;
    bool admitted = false;
    base::ConditionVariable changed;
  };
  bool HasRoom(int64_t amount) const REQUIRES(mutex_);
  void Take(int64_t amount) REQUIRES(mutex_);

  const int64_t capacity_;
  mutable base::Mutex mutex_;
  int64_t in_use_ GUARDED_BY(mutex_) = 0;
  int64_t most_in_use_ GUARDED_BY(mutex_) = 0;
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::deque<Waiter*> queue_ GUARDED_BY(mutex_);
};

}  // namespace reelbatch::runtime
