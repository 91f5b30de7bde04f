#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace reelbatch::base {

/// What the caller should do about an error. Retries depend on the code, never on the text.
enum class Code : uint8_t {
  kInvalidArgument,  // correct the call
  kNotMeasured,      // measure it with `reelbatch bench`
  kOutOfMemory,      // retry with less work
  kUnavailable,      // retry later
  kDeadline,         // it took too long
  kCancelled,        // the caller cancelled it
  kContract,         // stop, never fall back
  kIo,               // the file system or a device reported an error
  kCorrupt,          // the input is damaged, or has another format than expected
  kInternal,         // a bug of reelbatch
};

std::string_view CodeName(Code code);

/// `message` is for people: it has the reason. `context` names the file or field.
struct Error {
  Code code = Code::kInternal;
  std::string message;
  std::string context = {};

  /// "context: message", or the message only if the context is empty.
  std::string Text() const { return context.empty() ? message : context + ": " + message; }
};

template <class T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

inline std::unexpected<Error> Fail(Code code, std::string message, std::string context = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(context)});
}

}  // namespace reelbatch::base
