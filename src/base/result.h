#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace reelbatch::base {

/// What the caller should do about an error. Retries key on the code, never on text.
enum class Code : uint8_t {
  kInvalidArgument,  // fix the call
  kNotMeasured,      // run the bench
  kOutOfMemory,      // retry smaller
  kUnavailable,      // retry later
  kDeadline,         // took too long
  kCancelled,        // someone asked to stop
  kContract,         // stop, never fall back
  kIo,               // the file system or a device said no
  kCorrupt,          // the input is damaged or not what it claims
  kInternal,         // our bug
};

std::string_view CodeName(Code code);

/// `message` is for a person: it names the reason. `context` names the file or field it is about.
struct Error {
  Code code = Code::kInternal;
  std::string message;
  std::string context = {};

  /// "context: message", or only the message where there is no context.
  std::string Text() const { return context.empty() ? message : context + ": " + message; }
};

template <class T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

inline std::unexpected<Error> Fail(Code code, std::string message, std::string context = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(context)});
}

}  // namespace reelbatch::base
