#include "runtime/fifo_budget.h"

#include <algorithm>

namespace reelbatch::runtime {

bool FifoBudget::HasRoom(int64_t amount) const {
  return capacity_ == 0 || amount <= capacity_ - in_use_;
}

void FifoBudget::Take(int64_t amount) {
  in_use_ += amount;
  most_in_use_ = std::max(most_in_use_, in_use_);
}

bool FifoBudget::Acquire(int64_t amount) {
  if (!Fits(amount)) return false;
  base::MutexLock lock(mutex_);
  if (stopped_) return false;
  if (queue_.empty() && HasRoom(amount)) {
    Take(amount);
    return true;
  }
  Waiter self;
  self.amount = amount;
  queue_.push_back(&self);
  while (!self.admitted && !stopped_) self.changed.wait(mutex_);
  if (self.admitted) return true;
  std::erase(queue_, &self);
  return false;
}

void FifoBudget::Release(int64_t amount) {
  base::MutexLock lock(mutex_);
  in_use_ -= amount;
  while (!stopped_ && !queue_.empty() && HasRoom(queue_.front()->amount)) {
    Waiter* next = queue_.front();
    queue_.pop_front();
    Take(next->amount);
    next->admitted = true;
    // Under the lock: once it is released, the waiter and its condition may be gone.
    next->changed.notify_one();
  }
}

void FifoBudget::Stop() {
  base::MutexLock lock(mutex_);
  stopped_ = true;
  for (Waiter* waiter : queue_) waiter->changed.notify_one();
}

int64_t FifoBudget::most_in_use() const {
  base::MutexLock lock(mutex_);
  return most_in_use_;
}

int64_t FifoBudget::in_use() const {
  base::MutexLock lock(mutex_);
  return in_use_;
}

int FifoBudget::waiting() const {
  base::MutexLock lock(mutex_);
  return static_cast<int>(queue_.size());
}

}  // namespace reelbatch::runtime
