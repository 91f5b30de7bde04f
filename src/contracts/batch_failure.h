#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reelbatch::contracts {

/// Why a batch failed, as far as what to do next depends on it.
/// Source: spec, planning, "OOM: classify, then act".
enum class FailureClass : uint8_t {
  kCapacity,     // the device is full: a smaller batch can help
  kHostMemory,   // the same of RAM: allocation failed, or the kernel killed the worker
  kAbsurdSize,   // wants more than the device has: a bug, no batch size helps
  kPoisoned,     // what worked before does not any more: its context or server needs a restart
  kUnavailable,  // the server does not answer: retry later
  kInput,        // one of the units is at fault: alone it fails again, the others do not
  kBatchLimit,  // more units than the executor takes: BatchFailure::max_batch says how many it does
  kBadRequest,  // the model wants other tensors than these: no batch of the key will come through
  kBadResponse,  // the model gives other tensors than it says: nor here
  kStuck,        // the model does not come back, and nothing can end it
  kOther,        // the component's own failure
};
/// "capacity", "host_memory", "absurd_size", "poisoned", "unavailable", "input", "batch_limit",
/// "bad_request", "bad_response", "stuck", "other".
std::string_view FailureClassName(FailureClass failure);
std::optional<FailureClass> FailureClassOf(std::string_view name);
/// Whether fewer units a batch can help.
bool IsOutOfMemory(FailureClass failure);

/// What an executor says of a batch that failed. Never retried by its text.
struct BatchFailure {
  FailureClass failure = FailureClass::kOther;
  std::string evidence = {};  // the foreign words or what was seen, for people
  int max_batch = 0;          // of kBatchLimit, from 1; 0: the executor did not say
};

/// Reads a foreign error once, at the edge where it enters: known words of CUDA, cuBLAS, PyTorch,
/// ONNX Runtime, TensorRT, C++ and Python. Never by the bare letters "oom" (zoom, room). A size
/// named beside "failed to allocate" or "tried to allocate" that is larger than `device_bytes` (0:
/// not known) or than any machine's memory is absurd_size. None: it says nothing of memory.
/// Example: "CUDA out of memory. Tried to allocate 2.50 GiB" -> kCapacity.
/// Source:  spec, planning, "Known texts".
std::optional<FailureClass> ClassifyMemoryText(std::string_view text, uint64_t device_bytes);

}  // namespace reelbatch::contracts
