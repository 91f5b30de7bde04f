#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "measure/frame_stack.h"
#include "measure/nvml.h"
#include "measure/process_memory.h"
#include "measure/work.h"

namespace reelbatch::measure {

/// The memory of a process that does only one work. MiB.
struct MemoryFigures {
  double before_mb = 0;  // resident before the input is loaded: the program itself
  double input_mb = 0;
  double raw_mb = 0;  // peak of the whole process, VmHWM
  std::optional<double> rollup_mb =
      std::nullopt;  // resident when all is done and nothing is released, counted by page
  std::optional<double> pss_mb =
      std::nullopt;  // of that, with its share of pages that other processes have, too
  std::optional<double> gpu_mb =
      std::nullopt;  // of this process; none: there is no GPU, or the process does not use it

  /// The memory of the work itself: the peak without input and program; never below 0.
  double peak_mb() const;
};

/// Runs in its own process: maps the frames of `fd`, does the work once, and reads the memory of
/// the process. `nvml` may be null.   Errors: as FrameStack::FromFile() and RunOnce(); unavailable
/// (no VmRSS or VmHWM).
base::Result<MemoryFigures> ProbeMemory(const Work& work, int fd, const StackShape& shape,
                                        const Nvml* nvml);

/// The name of the line with these figures in errors.
inline constexpr std::string_view kMemoryAnswer = "answer of the process that measures memory";

/// The figures for a pipe: one line of JSON.
std::string MemoryJson(const MemoryFigures& figures);
/// Errors: corrupt (the line is wrong; the message has the field).
base::Result<MemoryFigures> ParseMemoryJson(std::string_view text);

}  // namespace reelbatch::measure
