#include "inference/triton/triton_failure.h"

#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace reelbatch::inference {
namespace {

using contracts::BatchFailure;
using contracts::FailureClass;

constexpr std::array<std::string_view, 17> kCodeNames = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

bool Says(const RpcStatus& status, std::string_view words) {
  return status.text.find(words) != std::string::npos;
}

/// N of "batch-size must be <= N"; none: the text does not say so, or N is no number of units.
std::optional<int> BatchLimitOf(const RpcStatus& status) {
  constexpr std::string_view kWords = "batch-size must be <= ";
  const size_t at = status.text.find(kWords);
  if (at == std::string::npos) return std::nullopt;
  const char* const begin = status.text.data() + at + kWords.size();
  int limit = 0;
  const auto [rest, error] = std::from_chars(begin, status.text.data() + status.text.size(), limit);
  if (error != std::errc() || limit < 1) return std::nullopt;
  return limit;
}

/// Of a request that the server says is wrong.
BatchFailure OfInvalidArgument(const RpcStatus& status) {
  if (const auto limit = BatchLimitOf(status)) {
    return {.failure = FailureClass::kBatchLimit, .evidence = RpcText(status), .max_batch = *limit};
  }
  return {.failure = FailureClass::kBadRequest, .evidence = RpcText(status)};
}

BatchFailure OfNotFound(const RpcStatus& status, const std::function<bool()>& is_draining) {
  // An unknown model or version stays unknown; "no available versions" is also said while the
  // server shuts down.
  if (Says(status, "has no available versions") && is_draining()) {
    return {.failure = FailureClass::kUnavailable,
            .evidence = RpcText(status) + " (the server is shutting down or not ready)"};
  }
  return {.failure = FailureClass::kBadRequest, .evidence = RpcText(status)};
}

/// Of a model that failed while it ran.
BatchFailure OfFailedModel(const RpcStatus& status) {
  if (const auto memory = contracts::ClassifyMemoryText(status.text, 0))
    return {.failure = *memory, .evidence = RpcText(status)};
  if (Says(status, "Stub process") && Says(status, "is not healthy")) {
    return {.failure = FailureClass::kPoisoned, .evidence = RpcText(status)};
  }
  // An output region that we sized by the model's own description is too small for what the model
  // gave.
  if (Says(status, "shared memory") && Says(status, "to hold the results")) {
    return {.failure = FailureClass::kBadResponse, .evidence = RpcText(status)};
  }
  return {.failure = FailureClass::kOther, .evidence = RpcText(status)};
}

}  // namespace

std::string RpcCodeName(RpcCode code) {
  const auto number = static_cast<size_t>(code);
  return number < kCodeNames.size() ? std::string(kCodeNames[number])
                                    : "code " + std::to_string(number);
}

std::string RpcText(const RpcStatus& status) {
  return status.text.empty() ? RpcCodeName(status.code)
                             : RpcCodeName(status.code) + ": " + status.text;
}

BatchFailure FailureOfInfer(const RpcStatus& status, int64_t batch,
                            const std::function<bool()>& is_draining) {
  switch (status.code) {
    case RpcCode::kInvalidArgument:
      return OfInvalidArgument(status);
    case RpcCode::kNotFound:
      return OfNotFound(status, is_draining);
    case RpcCode::kUnavailable:  // queue full, queue timeout, socket closed, nobody listens: later,
                                 // at the same size
    case RpcCode::kDeadlineExceeded:  // the server was too slow, not the batch wrong
    case RpcCode::kCancelled:
    case RpcCode::kAborted:
      return {.failure = FailureClass::kUnavailable, .evidence = RpcText(status)};
    case RpcCode::kResourceExhausted: {  // Triton never says so; mlserver does of messages over its
                                         // limit
      if (const auto memory = contracts::ClassifyMemoryText(status.text, 0))
        return {.failure = *memory, .evidence = RpcText(status)};
      const FailureClass failure =
          batch > 1 ? FailureClass::kBatchLimit : FailureClass::kBadRequest;
      return {.failure = failure,
              .evidence = RpcText(status) + " (raise the server's limit on message sizes)"};
    }
    case RpcCode::kUnimplemented:
      return {.failure = FailureClass::kBadRequest,
              .evidence = RpcText(status) + " (the endpoint does not speak KServe v2 over gRPC)"};
    case RpcCode::kUnauthenticated:
    case RpcCode::kPermissionDenied:
      return {.failure = FailureClass::kBadRequest,
              .evidence = RpcText(status) + " (the server requires other credentials or headers)"};
    default:
      return OfFailedModel(status);
  }
}

bool IsAbandoned(const RpcStatus& status) {
  return status.code == RpcCode::kDeadlineExceeded || status.code == RpcCode::kCancelled;
}

bool IsRegionUnknown(const RpcStatus& status) {
  return status.code == RpcCode::kNotFound && Says(status, "shared memory region");
}

}  // namespace reelbatch::inference
