#include "apps/reelbatch/input_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/terminal.h"

namespace reelbatch::app {
namespace {

void TellPassedOver(const InputList& inputs, Console& console) {
  if (inputs.passed_over == 0) return;
  const bool one = inputs.passed_over == 1;
  const auto has_reason = [](const InputList::PassedOver& entry) { return !entry.reason.empty(); };
  const bool by_content = std::ranges::any_of(inputs.passed_over_names, has_reason);
  console.Note(fmt::format("{} {} {} left out: hidden, {}without the file extension of a video{}{}",
                           inputs.passed_over, one ? "entry" : "entries", one ? "was" : "were",
                           by_content ? "" : "or ", by_content ? ", or without video content" : "",
                           console.verbose() ? "" : "; -v lists them"));
  for (const InputList::PassedOver& entry : inputs.passed_over_names) {
    console.Detail(fmt::format("left out  {}{}{}", ShellQuote(entry.path.native()),
                               entry.reason.empty() ? "" : "  ", entry.reason));
  }
  const int64_t unnamed =
      inputs.passed_over - static_cast<int64_t>(inputs.passed_over_names.size());
  if (unnamed > 0) console.Detail(fmt::format("left out  {} more", unnamed));
}

}  // namespace

void TellInputs(const InputList& inputs, Console& console) {
  for (const std::string& warning : inputs.warnings) console.Warn(warning);
  for (const std::string& note : inputs.notes) console.Note(note);
  for (const auto& folder : inputs.unreadable) {
    console.Error(fmt::format("failed  {}  {}", ShellQuote(folder.path.native()), folder.reason));
  }
  TellPassedOver(inputs, console);
  if (inputs.repeats > 0)
    console.Detail(
        fmt::format("{} named more than once: processed once", Count(inputs.repeats, "file")));
}

}  // namespace reelbatch::app
