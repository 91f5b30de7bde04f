#include "inference/triton/triton_failure.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace reelbatch::inference {
namespace {

using contracts::FailureClass;

struct Row {
  RpcStatus status;
  int64_t batch;
  FailureClass failure;
  int max_batch = 0;
};

/// The literal words of tritonserver 2.51 and mlserver 1.7.1 (docs/requirements.md, "Answers of
/// Triton servers"; tests/triton).
TEST(TritonFailure, EveryRowOfTheTable) {
  const std::vector<Row> rows = {
      {{RpcCode::kInvalidArgument,
        "[request id: <id_unknown>] inference request batch-size must be <= 8 for 'm'"},
       9,
       FailureClass::kBatchLimit,
       8},
      {{RpcCode::kInvalidArgument, "inference request batch-size must be <= 0 for 'm'"},
       2,
       FailureClass::kBadRequest},
      {{RpcCode::kInvalidArgument, "inference request batch-size must be <= 99999999999 for 'm'"},
       2,
       FailureClass::kBadRequest},
      {{RpcCode::kInvalidArgument, "inference request batch-size must be <= many"},
       2,
       FailureClass::kBadRequest},
      {{RpcCode::kInvalidArgument,
        "[request id: 1] inference input 'A' data-type is 'INT32', but model 'add' expects 'FP32'"},
       1,
       FailureClass::kBadRequest},
      {{RpcCode::kInvalidArgument,
        "unexpected shape for input 'A' for model 'add'. Expected [-1,4], got [1,5]."},
       1,
       FailureClass::kBadRequest},
      {{RpcCode::kInvalidArgument,
        "input byte size mismatch for input 'A' for model 'add'. Expected 16, got 12"},
       1,
       FailureClass::kBadRequest},
      {{RpcCode::kNotFound, "Request for unknown model: 'm' is not found"},
       1,
       FailureClass::kBadRequest},
      {{RpcCode::kNotFound, "Request for unknown model: 'm' version 7 is not found"},
       1,
       FailureClass::kBadRequest},
      {{RpcCode::kUnavailable, "Request for unknown model: 'm' version 1 is not at ready state"},
       1,
       FailureClass::kUnavailable},
      {{RpcCode::kInternal,
        "Failed to process the request(s) for model 'm_0_0', message: RuntimeError: CUDA out of "
        "memory. Tried to allocate 2.00 GiB (GPU 0)"},
       4,
       FailureClass::kCapacity},
      {{RpcCode::kInternal,
        "Failed to process the request(s) for model 'm_0_0', message: MemoryError: Unable to "
        "allocate 90.9 TiB for an array"},
       4,
       FailureClass::kHostMemory},
      {{RpcCode::kInternal,
        "onnxruntime: Failed to allocate memory for requested buffer of size 4547406516732812544"},
       1,
       FailureClass::kAbsurdSize},
      {{RpcCode::kInternal,
        "Failed to process the request(s) for model 'm_0_0', message: Stub process 'm_0_0' is not "
        "healthy."},
       1,
       FailureClass::kPoisoned},
      {{RpcCode::kInternal, "Stub process 'm_0_0' is not healthy."}, 8, FailureClass::kPoisoned},
      {{RpcCode::kInternal,
        "shared memory size specified with the request for output 'OUT' (16 bytes) should be at "
        "least 32 bytes to hold "
        "the results"},
       1,
       FailureClass::kBadResponse},
      {{RpcCode::kInternal,
        "Failed to process the request(s) for model 'm_0_0', message: ValueError: zoom, room, no"},
       1,
       FailureClass::kOther},
      {{RpcCode::kUnknown,
        "Unexpected <class 'RuntimeError'>: CUDA out of memory. Tried to allocate 2.00 GiB"},
       4,
       FailureClass::kCapacity},
      {{RpcCode::kUnknown, "Unexpected <class 'ValueError'>: this model does not like you"},
       4,
       FailureClass::kOther},
      {{RpcCode::kUnavailable, "[request id: <id_unknown>] Exceeds maximum queue size"},
       8,
       FailureClass::kUnavailable},
      {{RpcCode::kUnavailable, "Request timeout expired"}, 8, FailureClass::kUnavailable},
      {{RpcCode::kDeadlineExceeded, "Deadline Exceeded"}, 8, FailureClass::kUnavailable},
      {{RpcCode::kCancelled, "Cancelled on the server side"}, 8, FailureClass::kUnavailable},
      {{RpcCode::kUnavailable, "Socket closed"}, 8, FailureClass::kUnavailable},
      {{RpcCode::kUnavailable,
        "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:1: Failed to "
        "connect"},
       1,
       FailureClass::kUnavailable},
      {{RpcCode::kResourceExhausted, "Received message larger than max (1600113 vs. 1048576)"},
       8,
       FailureClass::kBatchLimit},
      {{RpcCode::kResourceExhausted, "Received message larger than max (1600113 vs. 1048576)"},
       1,
       FailureClass::kBadRequest},
      {{RpcCode::kResourceExhausted, "out of memory"}, 8, FailureClass::kCapacity},
      {{RpcCode::kUnimplemented, "Method not found!"}, 1, FailureClass::kBadRequest},
      {{RpcCode::kUnauthenticated, "no token"}, 1, FailureClass::kBadRequest},
      {{RpcCode::kPermissionDenied, ""}, 1, FailureClass::kBadRequest},
  };
  for (const Row& row : rows) {
    const auto failure = FailureOfInfer(row.status, row.batch, []() -> bool {
      ADD_FAILURE() << "the words leave nothing open";
      return false;
    });
    EXPECT_EQ(FailureClassName(failure.failure), FailureClassName(row.failure))
        << RpcText(row.status);
    EXPECT_EQ(failure.max_batch, row.max_batch) << RpcText(row.status);
    EXPECT_TRUE(failure.evidence.starts_with(RpcText(row.status))) << failure.evidence;
  }
}

TEST(TritonFailure, OnlyAServerThatShutsDownMakesNoVersionsAMatterOfTime) {
  const RpcStatus status{RpcCode::kNotFound,
                         "Request for unknown model: 'm' has no available versions"};
  EXPECT_EQ(FailureOfInfer(status, 4, [] { return true; }).failure, FailureClass::kUnavailable);
  EXPECT_EQ(FailureOfInfer(status, 4, [] { return false; }).failure, FailureClass::kBadRequest);
}

TEST(TritonFailure, WhatIsAbandonedAndWhatIsAnUnknownRegion) {
  EXPECT_TRUE(IsAbandoned({RpcCode::kDeadlineExceeded, "Deadline Exceeded"}));
  EXPECT_TRUE(IsAbandoned({RpcCode::kCancelled, ""}));
  EXPECT_FALSE(IsAbandoned({RpcCode::kUnavailable, "Socket closed"}));
  EXPECT_FALSE(IsAbandoned({RpcCode::kOk, ""}));
  EXPECT_TRUE(IsRegionUnknown(
      {RpcCode::kNotFound, "Unable to find shared memory region: 'reelbatch_7_1'"}));
  EXPECT_FALSE(
      IsRegionUnknown({RpcCode::kNotFound, "Request for unknown model: 'm' is not found"}));
  EXPECT_FALSE(IsRegionUnknown(
      {RpcCode::kInternal, "Unable to open shared memory region: '/reelbatch_7_1'"}));
}

TEST(TritonFailure, TextsForPeople) {
  EXPECT_EQ(RpcText({RpcCode::kUnavailable, "Socket closed"}), "UNAVAILABLE: Socket closed");
  EXPECT_EQ(RpcText({RpcCode::kInternal, ""}), "INTERNAL");
  EXPECT_EQ(RpcCodeName(static_cast<RpcCode>(42)), "code 42");
}

}  // namespace
}  // namespace reelbatch::inference
