#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "reelbatch/export.h"

namespace reelbatch {

/// What the caller should do about an error. Decide by the code, never by the text.
enum class ErrorCode : uint8_t {
  kInvalidArgument,  // fix the call
  kNotMeasured,      // measure first: `reelbatch bench`
  kOutOfMemory,      // retry with less
  kUnavailable,      // retry later
  kDeadline,         // it took too long
  kCancelled,        // somebody asked to stop
  kContract,         // a model or server is not what it says: stop
  kIo,               // the file system or a device said no
  kCorrupt,          // the input is damaged or not what it claims to be
  kInternal,         // a bug of the library
};

/// "invalid_argument" and so on.
REELBATCH_API std::string_view ErrorName(ErrorCode code);

/// `message` is for a person: the reason and, where known, the remedy. `context` names the file,
/// the option or the component that it is about.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message = {};
  std::string context = {};

  /// "context: message", or only the message where there is no context.
  std::string Text() const { return context.empty() ? message : context + ": " + message; }
};

template <class T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

}  // namespace reelbatch
