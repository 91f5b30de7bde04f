#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"

namespace reelbatch::inference {

/// A piece of POSIX shared memory. It is mapped here for reading and writing, and another process
/// maps it by its key.
///
/// The key is "/reelbatch_<pid>_<64 random bits>". A server in a container that has its own
/// /dev/shm therefore cannot find it, and cannot confuse it with the region of another program.
/// Call Unlink() as soon as the other process has mapped the region: both mappings stay, and a
/// process that is killed later leaves nothing in /dev/shm. The memory is freed when the last
/// process unmaps it. Threads: whoever holds the region may use its bytes; the other functions take
/// one caller at a time.
class SharedRegion {
 public:
  /// Makes a region of `bytes` (more than 0). The memory is reserved at once, so that a full
  /// /dev/shm is an error here, and not a SIGBUS at the first write.
  /// Errors: io  there is no /dev/shm, or it is full; the message names the key and the system's
  ///             reason
  static base::Result<std::unique_ptr<SharedRegion>> Create(size_t bytes);
  ~SharedRegion();
  SharedRegion(const SharedRegion&) = delete;
  SharedRegion& operator=(const SharedRegion&) = delete;

  /// The name for shm_open(), for example "/reelbatch_4711_9f86d081884c7d65".
  const std::string& key() const { return key_; }
  /// The name of the region on the server: the key without its slash.
  std::string name() const { return key_.substr(1); }
  std::span<char> bytes() { return bytes_; }
  size_t size() const { return bytes_.size(); }
  /// Removes the key from /dev/shm. A second call does nothing.
  void Unlink();

 private:
  SharedRegion(std::string key, std::span<char> bytes) : key_(std::move(key)), bytes_(bytes) {}

  const std::string key_;
  const std::span<char> bytes_;
  bool linked_ = true;
};

}  // namespace reelbatch::inference
