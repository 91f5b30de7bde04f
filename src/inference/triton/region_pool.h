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

/// Regions of shared memory that the server knows, one for each call in flight, used again by later
/// calls. Threads: any, side by side.
class RegionPool {
 public:
  /// Holds nothing until the first Take().
  explicit RegionPool(std::shared_ptr<TritonServer> server);
  /// Tells the server to let go of the regions, but for those that it may still write to.
  ~RegionPool();

  /// Tries whether the server takes a region.
  /// Errors: unavailable, deadline (the server does not answer), contract (the server refuses it;
  /// message says why), io (there is no /dev/shm here). After contract and io Take() answers none
  /// without asking again.
  base::Status Probe();
  /// A region of `bytes` or more that no other call has. None: the tensors go in the message.
  std::unique_ptr<SharedRegion> Take(size_t bytes);
  /// After its call has ended.
  void Return(std::unique_ptr<SharedRegion> region);
  /// After a call that the server may still be working on: the region is not used until Release().
  void Quarantine(std::unique_ptr<SharedRegion> region);
  /// The abandoned calls are over.
  void Release();
  /// Whether they are is not known, so their regions are never used again. The server keeps its
  /// side of them until it ends, since taking memory away from under a running call could end the
  /// server.
  void Discard();
  /// The server has forgotten the regions: it was restarted.
  void Forget();

  /// Why the server is not asked for regions; empty: it is.
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
