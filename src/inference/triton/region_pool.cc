#include "inference/triton/region_pool.h"

#include <algorithm>
#include <utility>

#include "inference/triton/kserve_link.h"

namespace reelbatch::inference {
namespace {

using Stub = KserveLink::Stub;

// Regions grow by this much, so that one for b units mostly serves b + 1 as well.
constexpr size_t kStep = 1048576;

RpcStatus Register(const KserveLink& link, const SharedRegion& region) {
  kserve::SystemSharedMemoryRegisterRequest request;
  request.set_name(region.name());
  request.set_key(region.key());
  request.set_byte_size(region.size());
  kserve::SystemSharedMemoryRegisterResponse response;
  return link.Ask(&Stub::SystemSharedMemoryRegister, request, response);
}

}  // namespace

RegionPool::RegionPool(std::shared_ptr<TritonServer> server) : server_(std::move(server)) {
  if (server_->options().shared_memory == SharedMemory::kOff) {
    refused_ = "shared memory is off";
  } else if (!server_->Has("system_shared_memory")) {
    refused_ = "the server does not have the extension system_shared_memory";
  }
}

RegionPool::~RegionPool() {
  for (const auto& region : free_) Unregister(*region);
}

base::Status RegionPool::Probe() {
  if (std::string reason = refused(); !reason.empty())
    return base::Fail(base::Code::kContract, std::move(reason), "shared memory");
  auto region = Registered(kStep);
  if (!region) return std::unexpected(std::move(region.error()));
  const base::MutexLock lock(mutex_);
  free_.push_back(std::move(*region));
  return {};
}

std::unique_ptr<SharedRegion> RegionPool::Take(size_t bytes) {
  std::unique_ptr<SharedRegion> too_small;
  {
    const base::MutexLock lock(mutex_);
    if (!refused_.empty()) return nullptr;
    const auto largest =
        std::ranges::max_element(free_, {}, [](const auto& region) { return region->size(); });
    if (largest != free_.end()) {
      std::unique_ptr<SharedRegion> region = std::move(*largest);
      free_.erase(largest);
      if (region->size() >= bytes) {
        lent_bytes_ += static_cast<int64_t>(region->size());
        return region;
      }
      too_small = std::move(region);
    }
  }
  if (too_small) Unregister(*too_small);
  too_small.reset();
  auto region = Registered((bytes + kStep - 1) / kStep * kStep);
  if (!region) return nullptr;
  const base::MutexLock lock(mutex_);
  lent_bytes_ += static_cast<int64_t>((*region)->size());
  return std::move(*region);
}

void RegionPool::Return(std::unique_ptr<SharedRegion> region) {
  if (!region) return;
  const base::MutexLock lock(mutex_);
  lent_bytes_ -= static_cast<int64_t>(region->size());
  free_.push_back(std::move(region));
}

void RegionPool::Quarantine(std::unique_ptr<SharedRegion> region) {
  if (!region) return;
  const base::MutexLock lock(mutex_);
  quarantine_.push_back(std::move(region));
}

void RegionPool::Release() {
  const base::MutexLock lock(mutex_);
  for (auto& region : quarantine_) {
    lent_bytes_ -= static_cast<int64_t>(region->size());
    free_.push_back(std::move(region));
  }
  quarantine_.clear();
}

void RegionPool::Discard() {
  const base::MutexLock lock(mutex_);
  for (const auto& region : quarantine_) lent_bytes_ -= static_cast<int64_t>(region->size());
  quarantine_.clear();
}

void RegionPool::Forget() {
  Discard();
  const base::MutexLock lock(mutex_);
  free_.clear();
}

std::string RegionPool::refused() const {
  const base::MutexLock lock(mutex_);
  return refused_;
}

int64_t RegionPool::bytes() const {
  const base::MutexLock lock(mutex_);
  int64_t sum = lent_bytes_;
  for (const auto& region : free_) sum += static_cast<int64_t>(region->size());
  return sum;
}

base::Result<std::unique_ptr<SharedRegion>> RegionPool::Registered(size_t bytes) {
  auto region = SharedRegion::Create(bytes);
  if (!region) {
    const base::MutexLock lock(mutex_);
    refused_ = region.error().Text();
    return std::unexpected(std::move(region.error()));
  }
  RpcStatus status = Register(server_->link(), **region);
  if (status.code == RpcCode::kAlreadyExists) {  // an earlier answer was lost, or someone registers
                                                 // names like ours
    Unregister(**region);
    status = Register(server_->link(), **region);
  }
  // The server has mapped it, or never will: nothing of it is left in /dev/shm if this process is
  // killed.
  (*region)->Unlink();
  if (status.ok()) return region;
  base::Error error = ErrorOfAsk(status, server_->options().url + ", shared memory");
  if (error.code == base::Code::kContract) {
    const base::MutexLock lock(mutex_);
    refused_ = error.message;
  }
  return std::unexpected(std::move(error));
}

void RegionPool::Unregister(const SharedRegion& region) {
  kserve::SystemSharedMemoryUnregisterRequest request;
  request.set_name(region.name());
  kserve::SystemSharedMemoryUnregisterResponse response;
  // Whatever it answers: a region that the server does not know is as gone as one that it lets go.
  std::ignore = server_->link().Ask(&Stub::SystemSharedMemoryUnregister, request, response);
}

}  // namespace reelbatch::inference
