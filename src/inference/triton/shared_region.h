#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"

namespace reelbatch::inference {

/// A piece of POSIX shared memory, mapped here for reading and writing; another process maps it by
/// its key.
///
/// The key is "/reelbatch_<pid>_<64 random bits>": a server in a container with a /dev/shm of its
/// own can neither find it nor take another program's region for it. Unlink() as soon as the other
/// side has mapped it: both mappings stay, and a process that is killed later leaves nothing in
/// /dev/shm. The memory goes when the last side unmaps it. Threads: the bytes are the holder's.
class SharedRegion {
 public:
  /// `bytes` > 0, reserved at once: a full /dev/shm is an error here and not a SIGBUS at the first
  /// write. Errors: io (no /dev/shm, or it is full; names the key and the system's reason).
  static base::Result<std::unique_ptr<SharedRegion>> Create(size_t bytes);
  ~SharedRegion();
  SharedRegion(const SharedRegion&) = delete;
  SharedRegion& operator=(const SharedRegion&) = delete;

  /// For shm_open(): "/reelbatch_4711_9f86d081884c7d65".
  const std::string& key() const { return key_; }
  /// The key without its slash: what the server calls the region.
  std::string name() const { return key_.substr(1); }
  std::span<char> bytes() { return bytes_; }
  size_t size() const { return bytes_.size(); }
  /// Takes the key out of /dev/shm. Again: nothing happens.
  void Unlink();

 private:
  SharedRegion(std::string key, std::span<char> bytes) : key_(std::move(key)), bytes_(bytes) {}

  const std::string key_;
  const std::span<char> bytes_;
  bool linked_ = true;
};

}  // namespace reelbatch::inference
