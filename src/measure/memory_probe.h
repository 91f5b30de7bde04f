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

/// What one process that does nothing but one work holds. MiB.
struct MemoryFigures {
  double before_mb = 0;  // resident before the input is there: the program itself
  double input_mb = 0;
  double raw_mb = 0;  // peak of the whole process, VmHWM
  std::optional<double> rollup_mb =
      std::nullopt;  // resident when all is done and nothing given back, page by page
  std::optional<double> pss_mb =
      std::nullopt;  // of that, its share of what other processes have, too
  std::optional<double> gpu_mb = std::nullopt;  // of this process; none: no GPU, or none of it

  /// What the work itself takes: the peak without input and program; never below 0.
  double peak_mb() const;
};

/// In the process that does nothing else: maps the frames behind `fd`, does the work once, reads
/// its own memory. `nvml` may be null.   Errors: as FrameStack::FromFile() and RunOnce();
/// unavailable (no VmRSS or VmHWM).
base::Result<MemoryFigures> ProbeMemory(const Work& work, int fd, const StackShape& shape,
                                        const Nvml* nvml);

/// What errors call the line with such figures.
inline constexpr std::string_view kMemoryAnswer = "answer of the process that measures memory";

/// The figures on their way through a pipe: one line of JSON.
std::string MemoryJson(const MemoryFigures& figures);
/// Errors: corrupt (no such line: names the field).
base::Result<MemoryFigures> ParseMemoryJson(std::string_view text);

}  // namespace reelbatch::measure
