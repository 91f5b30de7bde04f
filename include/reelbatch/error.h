#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "reelbatch/export.h"

namespace reelbatch {

/// What the caller should do about an error. Programs decide by the code, never by the message.
enum class ErrorCode : uint8_t {
  kInvalidArgument,  // correct the call
  kNotMeasured,      // no cost is known: measure it with `reelbatch bench`
  kOutOfMemory,      // retry with less work at the same time
  kUnavailable,      // retry later
  kDeadline,         // the operation took too long
  kCancelled,        // the caller cancelled the operation
  kContract,         // a model or server does not match its description: do not continue
  kIo,               // the file system or a device reported an error
  kCorrupt,          // the input is damaged, or has another format than expected
  kInternal,         // a bug of the library: please report it
};

/// The name of a code, for example "invalid_argument".
REELBATCH_API std::string_view ErrorName(ErrorCode code);

/// `message` is for people: the reason and, if known, the remedy. `context` names the file, option
/// or component with the problem; it can be empty.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message = {};
  std::string context = {};

  /// "context: message", or the message only if the context is empty.
  std::string Text() const { return context.empty() ? message : context + ": " + message; }
};

template <class T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

}  // namespace reelbatch
