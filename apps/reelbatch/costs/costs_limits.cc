#include <fmt/format.h>

#include "apps/reelbatch/costs/costs_command.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/table.h"
#include "apps/reelbatch/terminal.h"
#include "base/atomic_file.h"
#include "base/clock.h"
#include "base/json_text.h"
#include "store/folder_layout.h"
#include "store/limits_file.h"
#include "store/run_folders.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kCostsLimitsText = {
    .name = "costs limits",
    .synopsis = "OUT",
    .summary =
        "Print which batch sizes ran out of memory in the runs of an output folder, and the limit "
        "(the largest\n"
        "batch) for the next run. A limit grows after a number of successful batches, and is "
        "deleted after a week.\n"
        "Delete the file OUT/.reelbatch/limits.json to forget all limits. OUT is the folder that "
        "was "
        "given to\n"
        "`reelbatch run --out`.\n",
    .examples = "  reelbatch costs limits results\n",
};

std::string LimitsText(const std::vector<contracts::LimitRecord>& limits, bool color) {
  if (limits.empty()) return "no batch has run out of memory\n";
  Table table({{.title = "key"},
               {.title = "device"},
               {.title = "limit", .align = Align::kRight},
               {.title = "failed at", .align = Align::kRight},
               {.title = "successful batches", .align = Align::kRight},
               {.title = "needed to grow", .align = Align::kRight},
               {.title = "learned"}});
  for (const contracts::LimitRecord& limit : limits) {
    table.AddRow({OneLine(limit.key_text), OneLine(limit.device), fmt::format("{}", limit.limit),
                  fmt::format("{}", limit.failed_at), fmt::format("{}", limit.good),
                  fmt::format("{}", limit.needed),
                  base::Iso8601(base::Nanoseconds(limit.learned_at_ns))});
  }
  return table.Render(color);
}

/// Errors: corrupt; invalid_argument (no output folder). None learned where there is no file.
base::Result<std::vector<contracts::LimitRecord>> ReadLimits(const std::filesystem::path& folder) {
  const store::FolderLayout layout{.root = folder};
  if (const auto checked = store::CheckIsOutputFolder(layout); !checked)
    return std::unexpected(checked.error());
  std::error_code error;
  if (!std::filesystem::exists(layout.limits(), error))
    return std::vector<contracts::LimitRecord>();
  const auto text = base::ReadWholeFile(layout.limits());
  if (!text) return std::unexpected(text.error());
  return store::ParseLimits(*text, ShellQuote(layout.limits().native()));
}

}  // namespace

int CostsLimits(const Invocation& call) {
  CommonOptions common;
  OptionTable table;
  AddCommonOptions(table, common);
  Console console("reelbatch costs limits");
  const CommandLine line = ReadCommandLine(kCostsLimitsText, table, common, call, console);
  if (line.exit_code) return *line.exit_code;
  if (line.arguments.size() != 1) {
    return console.Finish(console.Fail(
        {base::Code::kInvalidArgument, "needs one output folder: reelbatch costs limits results"}));
  }
  const auto limits = ReadLimits(line.arguments.front());
  if (!limits) return console.Finish(console.Fail(limits.error()));
  console.Out(console.json() ? store::LimitsDocument(*limits)
                             : LimitsText(*limits, console.out_color()));
  return console.Finish(kExitDone);
}

}  // namespace reelbatch::app
