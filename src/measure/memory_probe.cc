#include "measure/memory_probe.h"

#include <unistd.h>

#include <algorithm>
#include <new>

#include "base/json_fields.h"
#include "base/units.h"
#include "measure/component_calls.h"

namespace reelbatch::measure {
double MemoryFigures::peak_mb() const { return std::max(0.0, raw_mb - input_mb - before_mb); }

base::Result<MemoryFigures> ProbeMemory(const Work& work, int fd, const StackShape& shape,
                                        const Nvml* nvml) try {
  const auto unreadable = [] {
    return base::Fail(base::Code::kUnavailable,
                      "the kernel does not report the memory of this process", "/proc/self/status");
  };
  const ProcessMemory before = ReadProcessMemory();
  if (!before.rss_mb) return unreadable();
  const auto stack = FrameStack::FromFile(fd, shape);
  if (!stack) return std::unexpected(stack.error());
  MemoryFigures figures{.before_mb = *before.rss_mb,
                        .input_mb = base::ToMib(static_cast<int64_t>(stack->bytes()))};
  ProcessMemory last;
  const base::Status ran = RunOnce(work, *stack, [&] {
    last = ReadProcessMemory();
    if (nvml != nullptr) figures.gpu_mb = nvml->ProcessMb(getpid());
  });
  if (!ran) return std::unexpected(ran.error());
  if (!last.peak_mb) return unreadable();
  figures.raw_mb = *last.peak_mb;
  figures.rollup_mb = last.rollup_mb;
  figures.pss_mb = last.pss_mb;
  return figures;
} catch (const std::bad_alloc&) {
  return base::Fail(base::Code::kOutOfMemory,
                    "there is not enough memory for this row; measure smaller sizes");
}

std::string MemoryJson(const MemoryFigures& figures) {
  return base::OneLine({{"before_mb", figures.before_mb},
                        {"input_mb", figures.input_mb},
                        {"raw_mb", figures.raw_mb},
                        {"rollup_mb", base::ValueOrNull(figures.rollup_mb)},
                        {"pss_mb", base::ValueOrNull(figures.pss_mb)},
                        {"gpu_mb", base::ValueOrNull(figures.gpu_mb)}}) +
         "\n";
}

base::Result<MemoryFigures> ParseMemoryJson(std::string_view text) {
  return base::ReadObject(text, kMemoryAnswer, [](base::JsonFields& fields) {
    return MemoryFigures{.before_mb = fields.Number("before_mb"),
                         .input_mb = fields.Number("input_mb"),
                         .raw_mb = fields.Number("raw_mb"),
                         .rollup_mb = fields.NumberOrNull("rollup_mb"),
                         .pss_mb = fields.NumberOrNull("pss_mb"),
                         .gpu_mb = fields.NumberOrNull("gpu_mb")};
  });
}

}  // namespace reelbatch::measure
