#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reelbatch::contracts {

/// Why a batch failed, as far as the next step depends on it.
/// Source: docs/requirements.md, "Classes of memory errors".
enum class FailureClass : uint8_t {
  kCapacity,     // the device has no memory left: a smaller batch can help
  kHostMemory,   // the same for RAM: an allocation failed, or the kernel killed the worker
  kAbsurdSize,   // it needs more memory than the device has: a bug, and no batch size helps
  kPoisoned,     // what worked before no longer works: the context or server needs a restart
  kUnavailable,  // the server does not answer: retry later
  kInput,        // one of the units is the cause: alone it fails again, the others do not
  kBatchLimit,   // more units than the executor accepts, see BatchFailure::max_batch
  kBadRequest,   // the model needs other tensors than these: every batch of the key will fail
  kBadResponse,  // the model returns other tensors than it declares: every batch will fail
  kStuck,        // the model does not return, and cannot be stopped
  kOther,        // a failure of the component itself
};
/// "capacity", "host_memory", "absurd_size", "poisoned", "unavailable", "input", "batch_limit",
/// "bad_request", "bad_response", "stuck", "other".
std::string_view FailureClassName(FailureClass failure);
std::optional<FailureClass> FailureClassOf(std::string_view name);
/// Whether fewer units per batch can help.
bool IsOutOfMemory(FailureClass failure);

/// What an executor reports about a failed batch. Retries never depend on the text.
struct BatchFailure {
  FailureClass failure = FailureClass::kOther;
  std::string evidence = {};  // for people: the original message, or what was observed
  int max_batch = 0;          // of kBatchLimit, 1 or more; 0: the executor did not report it
};

/// Classifies the message of a foreign library, once, where it enters: known words of CUDA, cuBLAS,
/// PyTorch, ONNX Runtime, TensorRT, C++ and Python. Never by the bare letters "oom" (zoom, room). A
/// size near "failed to allocate" or "tried to allocate" that is larger than `device_bytes` (0: not
/// known) or than any machine's memory is absurd_size. None: the message is not about memory.
/// Example: "CUDA out of memory. Tried to allocate 2.50 GiB" -> kCapacity.
/// Source: docs/requirements.md, "Texts of memory errors".
std::optional<FailureClass> ClassifyMemoryText(std::string_view text, uint64_t device_bytes);

}  // namespace reelbatch::contracts
