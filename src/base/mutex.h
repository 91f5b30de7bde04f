#pragma once

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define REELBATCH_TSA(x) __attribute__((x))
#else
#define REELBATCH_TSA(x)
#endif

#undef GUARDED_BY  // Abseil's, which gRPC's headers bring: it means the same
#define GUARDED_BY(x) REELBATCH_TSA(guarded_by(x))
#define REQUIRES(...) REELBATCH_TSA(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) REELBATCH_TSA(locks_excluded(__VA_ARGS__))

namespace reelbatch::base {

/// std::mutex that clang's -Wthread-safety understands.
class REELBATCH_TSA(capability("mutex")) Mutex {
 public:
  void lock() REELBATCH_TSA(acquire_capability()) { mutex_.lock(); }
  void unlock() REELBATCH_TSA(release_capability()) { mutex_.unlock(); }
  bool try_lock() REELBATCH_TSA(try_acquire_capability(true)) { return mutex_.try_lock(); }

 private:
  std::mutex mutex_;
};

class REELBATCH_TSA(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) REELBATCH_TSA(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() REELBATCH_TSA(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

/// Waits with the Mutex held: `while (!ready) condition.wait(mutex);`
using ConditionVariable = std::condition_variable_any;

}  // namespace reelbatch::base
