#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "contracts/batch_failure.h"

namespace reelbatch::inference {

/// gRPC's status codes by their public numbers, so that what follows from them can be read and
/// tested without gRPC.
enum class RpcCode : uint8_t {
  kOk = 0,
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};
/// "INVALID_ARGUMENT".
std::string RpcCodeName(RpcCode code);

/// How a call ended.
struct RpcStatus {
  RpcCode code = RpcCode::kOk;
  std::string text = {};
  bool ok() const { return code == RpcCode::kOk; }
};
/// "UNAVAILABLE: Socket closed", for people.
std::string RpcText(const RpcStatus& status);

/// What a ModelInfer that did not come through means for its batch of `batch` units. The one table
/// from a server's words to classes: docs/triton.md prints it. `is_draining` is asked only where
/// the words leave open whether the model is gone for good (a server that shuts down says the same
/// of all its models as one whose operator unloaded one). Threads: pure but for is_draining.
/// Source: docs/requirements.md, "Answers of Triton servers".
contracts::BatchFailure FailureOfInfer(const RpcStatus& status, int64_t batch,
                                       const std::function<bool()>& is_draining);

/// Whether the server may still be at work on a call that ended so: the client's deadline passed,
/// or it was cancelled.
bool IsAbandoned(const RpcStatus& status);

/// Whether the call failed because the server does not know a region of shared memory (any more):
/// it was restarted. Nothing has run then.   Example: NOT_FOUND "Unable to find shared memory
/// region: 'reelbatch_7_1'".
bool IsRegionUnknown(const RpcStatus& status);

}  // namespace reelbatch::inference
