#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "contracts/batch_failure.h"

namespace reelbatch::inference {

/// The status codes of gRPC with their public numbers. Code that uses them needs no gRPC, and can
/// be tested without it. Source: the documentation of gRPC, "Status codes and their use".
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
/// The name of a code, for example "INVALID_ARGUMENT".
std::string RpcCodeName(RpcCode code);

/// How a call ended.
struct RpcStatus {
  RpcCode code = RpcCode::kOk;
  std::string text = {};
  bool ok() const { return code == RpcCode::kOk; }
};
/// A text for people, for example "UNAVAILABLE: Socket closed".
std::string RpcText(const RpcStatus& status);

/// The class of failure of a batch of `batch` units whose call of ModelInfer failed. This is the
/// only place where the messages of servers become classes; docs/triton.md shows the table. A
/// server that shuts down gives the same message for all its models as a server whose operator has
/// unloaded one model. In this case `is_draining` is called, which says whether the server shuts
/// down. Threads: pure, except for is_draining.
/// Source: docs/requirements.md, "Answers of Triton servers".
contracts::BatchFailure FailureOfInfer(const RpcStatus& status, int64_t batch,
                                       const std::function<bool()>& is_draining);

/// Whether the server may still work on a call that ended with this status: the call exceeded our
/// deadline, or it was cancelled.
bool IsAbandoned(const RpcStatus& status);

/// Whether the call failed because the server does not know a region of shared memory, for example
/// because it was restarted. The model has not run in this case.
/// Example: NOT_FOUND "Unable to find shared memory region: 'reelbatch_7_1'".
bool IsRegionUnknown(const RpcStatus& status);

}  // namespace reelbatch::inference
