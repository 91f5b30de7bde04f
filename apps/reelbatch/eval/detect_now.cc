#include "apps/reelbatch/eval/detect_now.h"

#include <cstdlib>

#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/progress_bar.h"
#include "engine/detect.h"
#include "engine/settle_config.h"

namespace reelbatch::app {

base::Result<std::vector<std::optional<contracts::VideoOutcome>>> DetectNow(
    const std::vector<std::filesystem::path>& clips, const contracts::RunConfig& wanted,
    const EvalSettings& settings, bool signals, Console& console, const base::CancelToken& cancel) {
  contracts::RunConfig config = wanted;
  if (auto settled = engine::SettleConfig(config, engine::Catalog::Builtin()); !settled)
    return std::unexpected(settled.error());
  ProgressPrinter progress(console, clips.size(), false);
  auto detected = engine::DetectInMemory({.videos = clips,
                                          .config = config,
                                          .work = settings.work,
                                          .threads = settings.common.threads,
                                          .keep_arrays = signals},
                                         engine::Catalog::Builtin(), &progress, cancel);
  if (!detected) return std::unexpected(detected.error());
  const runtime::RunReport& report = detected->report;
  progress.Finish(report);
  // A thread is stuck in foreign code: what the process destroys when it exits may be its.
  if (report.lanes_given_up > 0) std::_Exit(console.Finish(kExitSomeFailed));
  if (report.end == runtime::RunEnd::kSinkFailed) return std::unexpected(report.sink_error);
  if (report.end == runtime::RunEnd::kCancelled)
    return base::Fail(base::Code::kCancelled, "interrupted; nothing was scored");
  return std::move(detected->outcomes);
}

}  // namespace reelbatch::app
