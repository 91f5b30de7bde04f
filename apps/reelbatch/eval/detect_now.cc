#include "apps/reelbatch/eval/detect_now.h"

#include <cstdlib>

#include "apps/reelbatch/component_options.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/pipeline.h"
#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/sink.h"
#include "base/clock.h"
#include "measure/machine.h"

namespace reelbatch::app {

base::Result<std::vector<std::optional<contracts::VideoOutcome>>> DetectNow(
    const std::vector<std::filesystem::path>& clips, const contracts::RunConfig& wanted,
    const EvalSettings& settings, bool signals, Console& console, const base::CancelToken& cancel) {
  contracts::RunConfig config = wanted;
  if (auto settled = SettleConfig(config, Catalog::Builtin()); !settled)
    return std::unexpected(settled.error());
  std::vector<runtime::Input> inputs;
  inputs.reserve(clips.size());
  for (size_t i = 0; i < clips.size(); ++i)
    inputs.push_back({.id = static_cast<int>(i), .path = clips[i]});
  MemorySink sink(inputs.size(), signals ? MemorySink::Signals::kKeep : MemorySink::Signals::kDrop);
  ProgressPrinter progress(console, inputs.size(), false);
  const base::SystemClock clock;
  const auto report = runtime::Run(
      inputs,
      MakeRunOptions(config, settings.work, settings.common.threads, measure::ReadMachine()),
      MakeDependencies(config, Catalog::Builtin()), sink, &progress, clock, cancel);
  progress.Finish(report);
  // A thread is stuck in foreign code and cannot be joined: nothing may be destroyed under it.
  if (report.lanes_given_up > 0) std::_Exit(console.Finish(kExitSomeFailed));
  if (report.end == runtime::RunEnd::kSinkFailed) return std::unexpected(report.sink_error);
  if (report.end == runtime::RunEnd::kCancelled)
    return base::Fail(base::Code::kCancelled, "interrupted; nothing was scored");
  return sink.Take();
}

}  // namespace reelbatch::app
