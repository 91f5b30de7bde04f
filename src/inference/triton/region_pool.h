#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "inference/triton/shared_region.h"
#include "inference/triton/triton_server.h"

namespace reelbatch::inference {

/// Regions of shared memory that the server knows. Each call in flight has one, and later calls use
/// it again. Threads: any, side by side.
class RegionPool {
 public:
  /// Makes an empty pool; Take() makes regions.
  explicit RegionPool(std::shared_ptr<TritonServer> server);
  /// Asks the server to release the regions, except those to which it may still write.
  ~RegionPool();

  /// Tries whether the server accepts a region. After contract and io, Take() returns null without
  /// asking the server again.
  /// Errors: unavailable, deadline  the server does not answer
  ///         contract               the server refuses the region; the message has its reason
  ///         io                     this machine has no /dev/shm
  base::Status Probe();
  /// A region of at least `bytes` that no other call uses, or null if the tensors must travel in
  /// the message.
  std::unique_ptr<SharedRegion> Take(size_t bytes);
  /// Takes back the region of a call that has ended.
  void Return(std::unique_ptr<SharedRegion> region);
  /// Takes back the region of a call on which the server may still work. The region is not used
  /// again before Release().
  void Quarantine(std::unique_ptr<SharedRegion> region);
  /// Makes the regions in quarantine usable again, because the abandoned calls are over.
  void Release();
  /// Drops the regions in quarantine, because nobody can say whether the abandoned calls are over.
  /// The server keeps its mapping of them until it ends: if memory disappears during a call, the
  /// server could crash.
  void Discard();
  /// Drops all regions, because the server was restarted and does not know them any more.
  void Forget();

  /// Why the pool makes no regions; empty if it makes them.
  std::string refused() const;
  int64_t bytes() const;

 private:
  base::Result<std::unique_ptr<SharedRegion>> Registered(size_t bytes);
  void Unregister(const SharedRegion& region);

  const std::shared_ptr<TritonServer> server_;
  mutable base::Mutex mutex_;
  std::vector<std::unique_ptr<SharedRegion>> free_ GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<SharedRegion>> quarantine_ GUARDED_BY(mutex_);
  int64_t lent_bytes_ GUARDED_BY(mutex_) = 0;
  std::string refused_ GUARDED_BY(mutex_);
};

}  // namespace reelbatch::inference
