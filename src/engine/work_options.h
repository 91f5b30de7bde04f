#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace reelbatch::engine {

/// Which executor runs batches.
enum class Executor : uint8_t {
  kAuto,  // a server if --triton-url names one, else this process
  kInProcess,
  kSerial,  // one unit at a time: the reference for the others
  kTriton,
};

/// Where models on this machine run.
enum class Isolation : uint8_t {
  kWorker,  // each in a process of its own, whose end ends no run
  kNone,    // in this process
};

/// How videos are processed; these options do not change results.
struct WorkOptions {
  int64_t max_memory_bytes = 0;  // 0: half of the available memory
  int videos_in_flight = 0;      // 0: chosen by the run
  std::chrono::milliseconds stall_timeout{60'000};
  bool fail_fast = false;
  std::optional<std::chrono::milliseconds> deadline;  // from the start of the run
  Executor executor = Executor::kAuto;
  int executor_lanes = 0;  // 0: one in process, two for a server
  std::chrono::milliseconds max_queue_delay{10'000};
  std::chrono::milliseconds oom_backoff{2'000};
  Isolation isolation = Isolation::kWorker;
};

}  // namespace reelbatch::engine
