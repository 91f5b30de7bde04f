#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/cancel.h"
#include "base/result.h"

namespace reelbatch::base {

/// Streaming SHA-256 (OpenSSL's libcrypto, which uses the CPU's SHA instructions).
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void Update(std::span<const std::byte> bytes);
  /// 64 lower-case hex digits. Call once, last.
  std::string HexDigest();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// 64 lower-case hex digits of `text`'s bytes.
std::string Sha256Hex(std::string_view text);

/// Of a file's content, read in 1 MiB steps. `cancel` may be null.
/// Errors: io (names the file and the system's reason), cancelled.
Result<std::string> Sha256HexOfFile(const std::filesystem::path& path, const CancelToken* cancel);

}  // namespace reelbatch::base
