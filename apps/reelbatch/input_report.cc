#include "apps/reelbatch/input_report.h"

#include <fmt/format.h>

#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/terminal.h"

namespace reelbatch::app {
namespace {

void TellPassedOver(const InputList& inputs, Console& console) {
  if (inputs.passed_over == 0) return;
  const bool one = inputs.passed_over == 1;
  console.Note(fmt::format("{} {} {} left out: hidden, or without a video's ending{}",
                           inputs.passed_over, one ? "entry" : "entries", one ? "was" : "were",
                           console.verbose() ? "" : "; -v names them"));
  for (const auto& path : inputs.passed_over_names)
    console.Detail(fmt::format("left out  {}", ShellQuote(path.native())));
  const int64_t unnamed =
      inputs.passed_over - static_cast<int64_t>(inputs.passed_over_names.size());
  if (unnamed > 0) console.Detail(fmt::format("left out  {} more", unnamed));
}

}  // namespace

void TellInputs(const InputList& inputs, Console& console) {
  for (const std::string& warning : inputs.warnings) console.Warn(warning);
  for (const auto& folder : inputs.unreadable) {
    console.Error(fmt::format("failed  {}  {}", ShellQuote(folder.path.native()), folder.reason));
  }
  TellPassedOver(inputs, console);
  if (inputs.repeats > 0)
    console.Detail(
        fmt::format("{} named more than once: done once", Count(inputs.repeats, "file")));
}

}  // namespace reelbatch::app
