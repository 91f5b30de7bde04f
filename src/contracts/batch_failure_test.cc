#include "contracts/batch_failure.h"

#include <gtest/gtest.h>

namespace reelbatch::contracts {
namespace {

constexpr uint64_t kGib = uint64_t{1} << 30;

TEST(ClassifyMemoryText, KnowsTheWordsOfThoseWhoRunModels) {
  for (const char* text :
       {"CUDA out of memory. Tried to allocate 2.50 GiB (GPU 0; 7.80 GiB total capacity)",
        "CUDA_ERROR_OUT_OF_MEMORY: out of memory", "cudaErrorMemoryAllocation",
        "CUBLAS_STATUS_ALLOC_FAILED",
        "onnx runtime error 6: Failed to allocate memory for requested buffer of size 134217728",
        "RuntimeError: failed to allocate memory"}) {
    EXPECT_EQ(ClassifyMemoryText(text, 8 * kGib), FailureClass::kCapacity) << text;
  }
  for (const char* text :
       {"std::bad_alloc", "MemoryError",
        "Unable to allocate 3.50 GiB for an array with shape (4, 5)",
        "mmap: Cannot allocate memory",
        "DefaultCPUAllocator: can't allocate memory: you tried to allocate 4096 bytes"}) {
    EXPECT_EQ(ClassifyMemoryText(text, 8 * kGib), FailureClass::kHostMemory) << text;
  }
}

TEST(ClassifyMemoryText, DoesNotReadMemoryIntoOtherWords) {
  for (const char* text :
       {"zoom level out of range", "no room left", "OOM", "unexpected inference output shape",
        "failed to allocate a port", "", "[request id: oom-17] invalid argument"}) {
    EXPECT_EQ(ClassifyMemoryText(text, 8 * kGib), std::nullopt) << text;
  }
}

TEST(ClassifyMemoryText, ASizeBeyondTheDeviceIsABug) {
  EXPECT_EQ(ClassifyMemoryText("failed to allocate 4547406516732812544 bytes", 0),
            FailureClass::kAbsurdSize);
  EXPECT_EQ(ClassifyMemoryText("CUDA out of memory. Tried to allocate 9.00 GiB", 8 * kGib),
            FailureClass::kAbsurdSize);
  EXPECT_EQ(ClassifyMemoryText("CUDA out of memory. Tried to allocate 8.00 GiB", 8 * kGib),
            FailureClass::kCapacity);
  EXPECT_EQ(ClassifyMemoryText("CUDA out of memory. Tried to allocate 9.00 GiB", 0),
            FailureClass::kCapacity);
  EXPECT_EQ(
      ClassifyMemoryText("failed to allocate 99999999999999999999999999999999999999 bytes", 0),
      FailureClass::kAbsurdSize);
}

TEST(FailureClassNames, GoThereAndBack) {
  for (const FailureClass failure :
       {FailureClass::kCapacity, FailureClass::kHostMemory, FailureClass::kAbsurdSize,
        FailureClass::kPoisoned, FailureClass::kUnavailable, FailureClass::kInput,
        FailureClass::kBatchLimit, FailureClass::kBadRequest, FailureClass::kBadResponse,
        FailureClass::kStuck, FailureClass::kOther}) {
    EXPECT_EQ(FailureClassOf(FailureClassName(failure)), failure);
  }
  EXPECT_EQ(FailureClassOf("oom"), std::nullopt);
}

}  // namespace
}  // namespace reelbatch::contracts
