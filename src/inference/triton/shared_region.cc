#include "inference/triton/shared_region.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace reelbatch::inference {
namespace {

std::string SystemReason(int error) { return std::generic_category().message(error); }

base::Result<std::string> NewKey() {
  uint64_t random = 0;
  if (getrandom(&random, sizeof random, 0) != sizeof random) {
    return base::Fail(base::Code::kIo, "cannot get random bits: " + SystemReason(errno),
                      "shared memory");
  }
  return fmt::format("/reelbatch_{}_{:016x}", getpid(), random);
}

}  // namespace

base::Result<std::unique_ptr<SharedRegion>> SharedRegion::Create(size_t bytes) {
  auto key = NewKey();
  if (!key) return std::unexpected(std::move(key.error()));
  const int file = shm_open(key->c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return base::Fail(base::Code::kIo, SystemReason(errno), "/dev/shm" + *key);
  int error = posix_fallocate(file, 0, static_cast<off_t>(bytes));
  void* mapped = MAP_FAILED;
  if (error == 0) {
    mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED) error = errno;
  }
  close(file);
  if (error != 0) {
    shm_unlink(key->c_str());
    return base::Fail(base::Code::kIo, fmt::format("{} bytes: {}", bytes, SystemReason(error)),
                      "/dev/shm" + *key);
  }
  return std::unique_ptr<SharedRegion>(
      new SharedRegion(std::move(*key), {static_cast<char*>(mapped), bytes}));
}

SharedRegion::~SharedRegion() {
  Unlink();
  munmap(bytes_.data(), bytes_.size());
}

void SharedRegion::Unlink() {
  if (linked_) shm_unlink(key_.c_str());
  linked_ = false;
}

}  // namespace reelbatch::inference
