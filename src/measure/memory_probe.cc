#include "measure/memory_probe.h"

#include <unistd.h>

#include <algorithm>
#include <new>
#include <nlohmann/json.hpp>

#include "measure/component_calls.h"

namespace reelbatch::measure {
namespace {

using Json = nlohmann::json;

constexpr double kMiB = 1024.0 * 1024.0;

Json OrNull(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

std::optional<double> NumberAt(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return {};
  return found->get<double>();
}

}  // namespace

double MemoryFigures::peak_mb() const { return std::max(0.0, raw_mb - input_mb - before_mb); }

base::Result<MemoryFigures> ProbeMemory(const Work& work, int fd, const StackShape& shape,
                                        const Nvml* nvml) try {
  const auto unreadable = [] {
    return base::Fail(base::Code::kUnavailable, "the kernel does not say what this process holds",
                      "/proc/self/status");
  };
  const ProcessMemory before = ReadProcessMemory();
  if (!before.rss_mb) return unreadable();
  const auto stack = FrameStack::FromFile(fd, shape);
  if (!stack) return std::unexpected(stack.error());
  MemoryFigures figures{.before_mb = *before.rss_mb,
                        .input_mb = static_cast<double>(stack->bytes()) / kMiB};
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
  return base::Fail(base::Code::kOutOfMemory, "no memory for this row; measure smaller sizes");
}

std::string MemoryJson(const MemoryFigures& figures) {
  return Json{{"before_mb", figures.before_mb},   {"input_mb", figures.input_mb},
              {"raw_mb", figures.raw_mb},         {"rollup_mb", OrNull(figures.rollup_mb)},
              {"pss_mb", OrNull(figures.pss_mb)}, {"gpu_mb", OrNull(figures.gpu_mb)}}
             .dump() +
         "\n";
}

base::Result<MemoryFigures> ParseMemoryJson(std::string_view text) {
  const Json document = Json::parse(text, nullptr, false);
  const auto before = document.is_object() ? NumberAt(document, "before_mb") : std::nullopt;
  const auto input = document.is_object() ? NumberAt(document, "input_mb") : std::nullopt;
  const auto raw = document.is_object() ? NumberAt(document, "raw_mb") : std::nullopt;
  if (!before || !input || !raw) {
    return base::Fail(base::Code::kCorrupt,
                      "the process that measures memory did not answer with its figures");
  }
  return MemoryFigures{.before_mb = *before,
                       .input_mb = *input,
                       .raw_mb = *raw,
                       .rollup_mb = NumberAt(document, "rollup_mb"),
                       .pss_mb = NumberAt(document, "pss_mb"),
                       .gpu_mb = NumberAt(document, "gpu_mb")};
}

}  // namespace reelbatch::measure
