#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <iostream>
#include <string>

#include "apps/reelbatch/command.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/table.h"
#include "apps/reelbatch/terminal.h"
#include "apps/reelbatch/wall_clock.h"
#include "base/json_text.h"
#include "base/units.h"
#include "contracts/producer.h"
#include "store/folder_lock.h"
#include "store/identity.h"
#include "store/prune.h"
#include "store/run_folders.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kText = {
    .name = "prune",
    .synopsis = "OUT",
    .summary =
        "Removes from an output folder of `reelbatch run` what no run needs: the folders of every "
        "run but the last\n"
        "one and those named by --keep, files that no manifest of these names, and what killed "
        "runs "
        "left. It says what\n"
        "it would remove, and asks.\n",
    .examples =
        "  reelbatch prune results --dry-run\n"
        "  reelbatch prune results --keep r-920d75d299f3 --yes\n",
};

struct Settings {
  CommonOptions common;
  std::vector<std::string> keep;
  bool dry_run = false;
  bool yes = false;
};

OptionTable MakeTable(Settings& settings) {
  OptionTable table;
  table.Group("What to remove");
  table.Add(WordsOption("keep", "RUN_ID,...", "runs that stay beside the last one", settings.keep));
  table.Add(
      SwitchOption("dry-run", "say what would be removed, and remove nothing", settings.dry_run));
  table.Add(SwitchOption("yes", "remove without asking", settings.yes));
  AddCommonOptions(table, settings.common);
  return table;
}

std::string Text(const store::PrunePlan& plan, bool color) {
  std::string text = fmt::format("kept      {}\n", fmt::join(plan.kept_runs, ", "));
  if (plan.items.empty()) return text + "There is nothing to remove.\n";
  Table table({{.title = "what"}, {.title = "where"}, {.title = "size", .align = Align::kRight}});
  for (const store::Prunable& item : plan.items) {
    table.AddRow({std::string(store::PrunableName(item.kind)), ShellQuote(item.path.native()),
                  base::FormatBytes(item.bytes)});
  }
  return text + table.Render(color) +
         fmt::format("{} in all, which frees {}\n", Count(plan.files, "file"),
                     base::FormatBytes(plan.bytes));
}

base::Json Document(const store::PrunePlan& plan, bool removed) {
  base::Json document;
  document["schema"] = "reelbatch_prune_v1";
  document["producer"] = contracts::ProducerName();
  document["removed"] = removed;
  document["kept_runs"] = plan.kept_runs;
  document["files"] = plan.files;
  document["bytes"] = plan.bytes;
  document["items"] = base::Json::array();
  for (const store::Prunable& item : plan.items) {
    document["items"].push_back({{"what", store::PrunableName(item.kind)},
                                 {"path", item.path.native()},
                                 {"bytes", item.bytes}});
  }
  return document;
}

/// Only where a person can see the question and answer it.
bool CanAsk() { return isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0; }

bool Ask() {
  fmt::print(stderr, "Remove this? [y/N] ");
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

/// Errors: invalid_argument (nobody can be asked).
base::Result<bool> MayRemove(const Settings& settings) {
  if (settings.dry_run) return false;
  if (settings.yes) return true;
  if (CanAsk()) return Ask();
  return base::Fail(base::Code::kInvalidArgument,
                    "there is no terminal to ask on: give --yes to remove this, or --dry-run to "
                    "look only");
}

int PruneFolder(const Settings& settings, const store::FolderLayout& layout, const Invocation& call,
                Console& console) {
  const auto clock = ChooseClock();
  if (!clock) return console.Fail(clock.error());
  if (const auto checked = store::CheckIsOutputFolder(layout); !checked)
    return console.Fail(checked.error());
  const auto lock = store::FolderLock::Take(layout.root, layout.lock(), call.line, **clock);
  if (!lock) return console.Fail(lock.error());
  const auto plan = store::PlanPrune(layout, settings.keep);
  if (!plan) return console.Fail(plan.error());
  if (!console.json() && !console.quiet()) console.Out(Text(*plan, console.out_color()));
  base::Result<bool> remove = false;
  if (!plan->items.empty()) {
    std::fflush(stdout);
    remove = MayRemove(settings);
  }
  if (!remove) return console.Fail(remove.error());
  if (*remove) {
    if (const auto pruned = store::Prune(layout, *plan); !pruned)
      return console.Fail(pruned.error());
    console.Note("removed");
  }
  if (console.json()) console.Out(base::Pretty(Document(*plan, *remove)));
  return kExitDone;
}

}  // namespace

int PruneCommand(const Invocation& call) {
  Settings settings;
  const OptionTable table = MakeTable(settings);
  Console console("reelbatch prune");
  const CommandLine line = ReadCommandLine(kText, table, settings.common, call, console);
  if (line.exit_code) return *line.exit_code;
  if (line.arguments.size() != 1) {
    return console.Finish(console.Fail(
        {base::Code::kInvalidArgument, "takes one argument: the folder given to --out", "OUT"}));
  }
  const store::FolderLayout layout{.root = store::AbsolutePath(line.arguments.front())};
  return console.Finish(PruneFolder(settings, layout, call, console));
}

}  // namespace reelbatch::app
